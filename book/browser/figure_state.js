// The state of a figure in the page's address: #figure_name?control=value&control=value
// An instructor can so assign an exact state, and a reader can share one.
//
// An address names one figure. So each entry of the browser's history also keeps what the others
// on the page show, and Back and Forward bring all of it back.

import { make } from "../../src/helpers/client_figures/shared/elements.js";
import { bringIntoView } from "./long_pages.js";

/**
 * Controls with their texts, as they stand in an address.
 * @typedef {Record<string, string> | [string, string][]} FigureState
 */

const PAUSE = 250; // milliseconds; browsers limit how often the address may change

/** @type {Map<string, {element: Element, apply: (state: URLSearchParams) => void}>} by name */
const followed = new Map();
/** @type {Record<string, string>} what each figure shows that is not as in the beginning */
let shown = { ...history.state?.figures };
let timer = 0;
let applying = false; // a state from outside: what a figure writes of it meanwhile is known

/** @returns {{name: string, query: string} | null} what the page's address says of a figure */
function address() {
  // Not decoded as a whole: a stray % would raise, and the parameters decode themselves.
  const [name, query] = location.hash.slice(1).split("?");
  return query === undefined ? null : { name, query: new URLSearchParams(query).toString() };
}

/**
 * @param {string} name
 * @returns {URLSearchParams | null} the state that the address gives to a figure, if any
 */
export function read(name) {
  const given = address();
  return given?.name === name ? new URLSearchParams(given.query) : null;
}

/**
 * @param {string} name
 * @param {FigureState} state what it leaves out is as in the beginning
 * @returns {string} the page's address with this state of the figure
 */
export function link(name, state) {
  return `${location.href.split("#")[0]}#${name}?${new URLSearchParams(state)}`;
}

/** Keeps in this entry of the history what the figures show. */
function keep(url = location.href) {
  history.replaceState({ ...history.state, figures: shown }, "", url);
}

/**
 * Put the state into the address, without a new entry in the history.
 * @param {string} name
 * @param {FigureState} state
 */
export function write(name, state) {
  if (applying) return;
  shown[name] = new URLSearchParams(state).toString();
  clearTimeout(timer);
  timer = setTimeout(() => keep(link(name, state)), PAUSE);
}

/**
 * Call `apply` with the state that the address or the history gives to this figure, now and
 * whenever it changes. What the state leaves out must be as in the beginning.
 * @param {Element} element its id is its name
 * @param {(state: URLSearchParams) => void} apply
 */
export function follow(element, apply) {
  const name = element.id;
  followed.set(name, { element, apply });
  const given = read(name) !== null;
  if (given || shown[name]) restore(name);
  if (given) show(element);
}

/** Hands a figure the state that it is to show. @param {string} name */
function restore(name) {
  applying = true;
  try {
    followed.get(name)?.apply(new URLSearchParams(shown[name]));
  } finally {
    applying = false;
  }
}

/** Brings the figures to what an entry of the history says, an old one or one that begins here. */
function arrive() {
  clearTimeout(timer); // not over an address that somebody has opened meanwhile
  /** @type {Record<string, string> | undefined} */
  const kept = history.state?.figures; // nothing: a link on this page, or an address typed by hand
  const given = address();
  const before = shown;
  shown = { ...(kept ?? shown) };
  if (given && !kept) shown[given.name] = given.query;
  for (const [name, { element }] of followed) {
    const named = given?.name === name;
    if ((named && !kept) || (shown[name] ?? "") !== (before[name] ?? "")) restore(name);
    if (named) show(element);
  }
  if (!kept) keep();
}

/** Writes under each figure, for paper, the address of what it shows; figures.css hides it. */
function tellAddresses() {
  /** @type {HTMLLinkElement | null} */
  const canonical = document.querySelector("link[rel=canonical]"); // where others find the page
  const page = (canonical?.href ?? location.href).split("#")[0];
  for (const [name, { element }] of followed) {
    const line = element.querySelector(":scope > .figure-address") ??
      element.appendChild(make("p", { className: "figure-address" }));
    const address = `${page}#${name}?${shown[name] ?? ""}`;
    line.replaceChildren(make("a", { href: address, textContent: address }));
  }
}

addEventListener("beforeprint", tellAddresses);
addEventListener("popstate", arrive);
arrive();

/**
 * Scroll to a figure; the address names no plain anchor, so the browser does not.
 * @param {Element} element
 */
export async function show(element) {
  const whole = element.closest("figure") ?? element; // with its caption
  const header = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  const bring = () => bringIntoView(whole, () =>
    (whole.clientHeight < innerHeight - header ? "center" : "start"),
  () => !element.querySelector("[data-drawing]"));
  const left = new AbortController(); // once the reader goes elsewhere
  for (const type of ["wheel", "touchmove", "keydown"]) {
    addEventListener(type, () => left.abort(), { passive: true, signal: left.signal });
  }
  await bring();
  if (element.matches("js-figure:not([ready])")) {
    // It is as tall as its poster until it has begun.
    await new Promise(resolve => new MutationObserver((_, observer) => {
      observer.disconnect();
      resolve(null);
    }).observe(element, { attributeFilter: ["ready"] }));
    if (!left.signal.aborted) await bring();
  }
  left.abort();
}
