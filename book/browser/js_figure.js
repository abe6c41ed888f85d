// <js-figure>: hosts a client-side figure (an anywidget module) on a page without a kernel.

import { follow, link, show, write } from "./figure_state.js";

/**
 * @typedef {import("../../src/helpers/client_figures/shared/frame.js").FigureModel} FigureModel
 * @typedef {import("../../src/helpers/client_figures/shared/frame.js").FigureHost} FigureHost
 * @typedef {{render: (host: FigureHost) => unknown}} Figure
 */

/**
 * Where the scripts of figures, which are classic, leave their modules as text: browsers refuse
 * module scripts on file:// pages.
 * @type {Window & {jsFigures?: Record<string, string>}}
 */
const page = window;
const sources = page.jsFigures ??= {};
/** @type {Record<string, Promise<Figure>>} */
const figures = {};

/** @param {string} name @returns {Promise<Figure>} */
function load(name) {
  figures[name] ??= import(
    URL.createObjectURL(new Blob([sources[name]], { type: "text/javascript" }))
  ).then(module => module.default);
  return figures[name];
}

/** @param {unknown} a @param {unknown} b @returns {boolean} whether two JSON values are the same */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The part of anywidget's model that figures use; the state is also in the page's address.
 * @implements {FigureModel}
 */
class Model extends EventTarget {
  /** @type {Map<() => void, EventListener>} */
  calls = new Map();
  /** @type {Set<string> | null} */
  given = null;
  /** @type {[string, string][]} */
  refused = [];

  /** @param {string} name @param {Record<string, unknown>} state in the beginning */
  constructor(name, state) {
    super();
    this.name = name;
    this.state = state;
    this.defaults = { ...state };
  }

  /** @param {string} key */
  get(key) {
    return this.state[key];
  }

  /** @param {string} key @param {unknown} value */
  set(key, value) {
    if (same(this.state[key], value)) return;
    this.state[key] = value;
    this.dispatchEvent(new Event(`change:${key}`));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} event @param {() => void} call */
  on(event, call) {
    const listener = () => call();
    this.calls.set(call, listener);
    this.addEventListener(event, listener);
  }

  /** @param {string} event @param {() => void} call */
  off(event, call) {
    this.removeEventListener(event, this.calls.get(call) ?? null);
  }

  /** @returns {[string, string][]} what is not as in the beginning, as it stands in an address */
  changes() {
    return Object.entries(this.state)
      .filter(([key, value]) => !same(value, this.defaults[key]))
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  }

  link() {
    return link(this.name, this.changes());
  }

  save_changes() {
    write(this.name, this.changes());
  }

  /** @param {URLSearchParams} query what an address says */
  restore(query) {
    // What an address leaves out is as in the beginning, so that it means the same to everyone.
    for (const [key, value] of Object.entries(this.defaults)) {
      if (!query.has(key)) this.set(key, value);
    }
    // For figures that ask: what an address that was just read gave, and what cannot be meant.
    this.given = new Set(query.keys());
    this.refused = [];
    for (const [key, text] of query) {
      const value = this.meant(key, text);
      if (value === undefined) this.refused.push([key, text]); else this.set(key, value);
    }
    this.dispatchEvent(new Event("change:refused"));
  }

  /** @param {string} key @param {string} text @returns {unknown} undefined if it makes no sense */
  meant(key, text) {
    if (!Object.hasOwn(this.defaults, key)) return undefined;
    const usual = typeof this.defaults[key];
    if (usual === "string") return text;
    try {
      const value = JSON.parse(text);
      return typeof value === usual ? value : undefined;
    } catch {
      return undefined;
    }
  }
}

class JsFigure extends HTMLElement {
  /** @type {Model | undefined} */
  model;

  connectedCallback() {
    if (this.model) return;
    const model = new Model(this.id, JSON.parse(this.querySelector("script")?.textContent ?? "{}"));
    this.model = model;
    follow(this, query => model.restore(query));
    new IntersectionObserver((entries, observer) => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      observer.disconnect();
      this.start(model).catch(error =>
        this.append(`This figure could not start: ${error.message}`));
    }, { rootMargin: "200px" }).observe(this);
  }

  /** @param {Model} model */
  async start(model) {
    const figure = await load(this.getAttribute("module") ?? "");
    const el = document.createElement("div");
    this.append(el);
    await figure.render({ model, el });
    this.querySelector(":scope > svg, :scope > p")?.remove(); // the poster has done its duty
    this.setAttribute("ready", "");
  }

  /** Brings the figure into view, wherever the page is. */
  show() {
    return show(this);
  }
}

customElements.define("js-figure", JsFigure);
