// <figure-sweep>: moves through frames that were drawn while the book was built.

import { createSpeaker, make, makeButton } from "../../src/helpers/client_figures/shared/elements.js";
import {
  markDrawing, reducedMotion, toolbar,
} from "../../src/helpers/client_figures/shared/frame.js";
import { follow, link, show, write } from "./figure_state.js";
import { addGlyphs, Canvas, fetchFrames } from "./frames.js";

/**
 * @typedef {object} Control
 * @property {string} name in the address
 * @property {string} label beside the control
 * @property {string[]} texts its values in words
 * @property {number} value which of them is shown first
 * @property {"range" | "select"} kind
 * @property {boolean} play whether a button steps through the values
 *
 * @typedef {{control: Control, row: HTMLElement, set: (value: number) => void,
 *   stop: () => void}} Input
 */

const NEAR = "800px"; // of the screen: from here on the frames are fetched
const STEP = 200; // milliseconds a frame while playing
const SLOW_STEP = 1000;

class Sweep {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {{alt: string, controls: Control[]}} */
    this.spec = JSON.parse(element.querySelector("script.controls")?.textContent ?? "{}");
    this.position = this.spec.controls.map(control => control.value);
    this.first = this.frame();
    /** @type {Canvas | null} */
    this.canvas = null;
    /** @type {Promise<void> | null} */
    this.loading = null;
    this.speaker = createSpeaker();
    this.playing = false;
    this.message = make("p", { className: "figure-message" });
    this.message.setAttribute("role", "status");
    /** @type {Input[]} */
    this.inputs = this.spec.controls.map((control, k) => this.makeInput(control, k));
    const rows = this.inputs.map(input => input.row);
    this.panel = make("div", { className: "figure-controls" }, ...rows);
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Controls");
    element.append(this.panel, this.message, this.speaker.element);
    this.addButtons();
    follow(element, state => this.restore(state));
    this.watch();
  }

  /** Fetches the frames when the figure comes near, and rests when it is gone. */
  watch() {
    const near = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) this.load().then(() => near.disconnect(), () => {});
    }, { rootMargin: NEAR });
    near.observe(this.element);
    new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) this.stop();
    }).observe(this.element);
  }

  stop() {
    for (const input of this.inputs) input.stop();
  }

  /** @param {Control} control @param {number} k @returns {Input} */
  makeInput(control, k) {
    const id = `${this.element.id}-${control.name}`;
    const isRange = control.kind === "range";
    const input = isRange
      ? make("input", { type: "range", min: "0", max: String(control.texts.length - 1), step: "1" })
      : make("select", {}, ...control.texts.map((text, i) => new Option(text, String(i))));
    Object.assign(input, { id, value: String(control.value) });
    // No <output>: screen readers would read each of its values while the figure plays.
    const shown = make("span", { className: "figure-value", ariaHidden: "true" });
    const label = make("label", { htmlFor: id, textContent: control.label });
    const row = make("div", { className: "figure-row" }, label, input);
    if (isRange) input.before(shown);
    /** @param {number} value */
    const set = value => {
      input.value = String(value);
      shown.textContent = control.texts[value];
      if (isRange) input.setAttribute("aria-valuetext", shown.textContent);
      this.move(k, value);
    };
    const play = control.play ? this.makePlay(control, input, set) : null;
    if (play) row.append(play.button);
    const stop = () => play?.stop();
    input.addEventListener("input", () => { stop(); set(Number(input.value)); });
    set(control.value);
    return { control, row, set, stop };
  }

  /**
   * @param {Control} control
   * @param {HTMLInputElement | HTMLSelectElement} input
   * @param {(value: number) => void} set
   */
  makePlay(control, input, set) {
    const last = control.texts.length - 1;
    const button = makeButton("", () => (timer ? stop() : start()));
    button.className = "figure-play";
    let timer = 0;
    /** @param {boolean} playing */
    const label = playing => {
      button.textContent = playing ? "❚❚" : "▶";
      button.setAttribute("aria-label", `${playing ? "Pause" : "Play"}: ${control.label}`);
    };
    const stop = () => {
      if (!timer) return;
      clearInterval(timer);
      timer = 0;
      label(false);
      this.playing = false;
      this.speaker.say(this.words());
    };
    const start = () => {
      this.stop(); // one control at a time
      this.playing = true;
      if (Number(input.value) === last) set(0);
      label(true);
      timer = setInterval(() => {
        if (!this.canvas) return; // a slow link must not skip frames
        if (Number(input.value) === last) stop(); else set(Number(input.value) + 1);
      }, reducedMotion() ? SLOW_STEP : STEP);
    };
    label(false);
    return { button, stop };
  }

  addButtons() {
    const defaults = Object.fromEntries(
      this.spec.controls.map(control => [control.name, control.value]));
    const model = {
      /** @param {string} name @param {unknown} value */
      set: (name, value) => {
        this.stop();
        this.inputs.find(input => input.control.name === name)?.set(Number(value));
      },
      save_changes: () => this.message.replaceChildren(),
      link: () => link(this.element.id, this.state()),
    };
    toolbar(model, this.panel, defaults).classList.add("figure-buttons");
  }

  /** @returns {number} the number of the frame at the present position */
  frame() {
    const { controls } = this.spec;
    return this.position.reduce((sum, i, k) => sum * controls[k].texts.length + i, 0);
  }

  /** @returns {Record<string, string>} */
  state() {
    const { controls } = this.spec;
    return Object.fromEntries(
      controls.map((control, k) => [control.name, control.texts[this.position[k]]]));
  }

  /** @param {number} k @param {number} value */
  move(k, value) {
    if (this.position[k] === value) return;
    this.position[k] = value;
    this.message.replaceChildren();
    write(this.element.id, this.state());
    this.paint();
  }

  /** @param {URLSearchParams} state what it leaves out is as in the beginning */
  restore(state) {
    const unknown = [];
    this.stop();
    for (const { set, control } of this.inputs) {
      const text = state.get(control.name) ?? control.texts[control.value];
      const i = control.texts.indexOf(text);
      set(i < 0 ? control.value : i);
      if (i < 0) unknown.push(`${control.label} ${text}`);
    }
    if (unknown.length) {
      this.message.textContent =
        `The link names a state that this figure does not have: ${unknown.join(", ")}.`;
    }
  }

  /** @returns {Promise<void>} when the frames are there */
  load() {
    if (!this.loading) {
      this.loading = this.fetch();
      this.loading.catch(() => { this.loading = null; }); // so that the next movement tries again
    }
    return this.loading;
  }

  async fetch() {
    const own = this.element.querySelector("script.frames")?.textContent;
    const address = this.element.getAttribute("frames") ?? "";
    /** @type {import("./frames.js").Frames} */
    const frames = own ? JSON.parse(own) : await fetchFrames(address);
    const group = this.element.querySelector("svg.drawing > g");
    if (!group) throw new Error("the figure has no picture");
    addGlyphs(frames.glyphs);
    this.canvas = new Canvas(group, frames, this.first);
  }

  /** @returns {string} the present position */
  words() {
    return this.spec.controls.map(
      (control, k) => `${control.label} ${control.texts[this.position[k]]}`).join(", ");
  }

  /** Shows the present position: at once where the frames are there. */
  paint() {
    const words = this.words();
    // Spoken once, when the movements pause, and not for each frame of a play, however slow.
    if (!this.playing) this.speaker.say(words);
    if (!this.canvas) {
      const drawn = markDrawing(this.element);
      this.load().then(() => this.paint(), () => {
        this.message.textContent =
          "This figure could not be loaded. Move the control again to retry.";
      }).finally(drawn);
      return;
    }
    this.canvas.paint(this.frame());
    this.element.querySelector("svg.drawing")?.setAttribute("aria-label", `${this.spec.alt}: ${words}`);
  }
}

customElements.define("figure-sweep", class extends HTMLElement {
  connectedCallback() {
    if (this.hasAttribute("ready")) return;
    new Sweep(this);
    this.toggleAttribute("ready", true);
  }

  /** Brings the figure into view. */
  show() {
    return show(this);
  }
});
