// Paper: always light, and below each figure the address of the living one in its present state.
// The rest is in print.css.

import { stateOf } from "./figure_state.js";

const root = document.documentElement;
let theme = ""; // on the screen

/** @returns {string} where the page is published; a copy on a disk would help nobody else */
function address() {
  /** @type {HTMLLinkElement | null} */
  const canonical = document.querySelector("link[rel=canonical]");
  const here = location.href.split("#")[0];
  return location.protocol === "file:" ? canonical?.href ?? here : here;
}

function writeAddresses() {
  const page = address();
  for (const figure of document.querySelectorAll(":is(figure-sweep, js-figure)[id]")) {
    const holder = figure.closest("figure") ?? figure;
    let line = holder.querySelector(".figure-address");
    if (!line) {
      line = document.createElement("p");
      line.className = "figure-address";
      (holder.querySelector("figcaption") ?? holder).append(line);
    }
    const state = stateOf(figure.id);
    const link = document.createElement("a");
    link.href = `${page}#${figure.id}${state && `?${state}`}`;
    link.textContent = link.href;
    line.replaceChildren(link);
  }
}

function begin() {
  writeAddresses();
  if (root.dataset.theme === "light") return;
  theme = root.dataset.theme ?? "";
  root.dataset.theme = "light";
}

function end() {
  if (theme) root.dataset.theme = theme;
  theme = "";
  root.classList.remove("turned");
}

addEventListener("beforeprint", () => {
  begin();
  // No frame comes in which a canvas could be painted anew.
  if (theme === "dark") root.classList.add("turned");
});
addEventListener("afterprint", end);
// A preview of the print style, in developer tools, sends no event.
matchMedia("print").addEventListener("change", ({ matches }) => {
  if (matches) begin(); else end();
});
