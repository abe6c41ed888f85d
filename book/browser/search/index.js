// The search as readers see it. open.js loads this together with the index.

import { make } from "../../../src/helpers/client_figures/shared/elements.js";
import { createSearch } from "./engine.js";

/**
 * @typedef {import("./engine.js").Answer} Answer
 * @typedef {(form: HTMLFormElement, root: string) => Promise<void>} StartSearch
 *
 * The index is a text, which a browser reads faster than a script, and when it has nothing to do.
 * @typedef {Window & {startSearch?: StartSearch, searchData?: string}} SearchWindow
 */

const IN_DIALOG = 8;
const ON_PAGE = 30;
const site = /** @type {SearchWindow} */ (window);

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {HTMLElement} form
 * @param {Tag} tag
 * @param {string} name
 */
function part(form, tag, name) {
  const found = form.querySelector(`${tag}.${name}`);
  if (!found) throw new Error(`the search lacks its ${name}`);
  return /** @type {HTMLElementTagNameMap[Tag]} */ (found);
}

/**
 * Show what is found while a reader types.
 * @type {StartSearch}
 */
async function startSearch(form, root) {
  const input = part(form, "input", "site-search-input");
  const status = part(form, "p", "site-search-status");
  const explained = part(form, "div", "site-search-terms");
  const list = part(form, "ol", "site-search-results");
  const more = part(form, "p", "site-search-all");
  const dialog = form.closest("dialog");
  if (!site.searchData) return;
  await new Promise(resolve => { setTimeout(resolve); }); // what has just arrived has taken its time
  const search = await createSearch(JSON.parse(site.searchData));

  /** @param {Answer} answer */
  function show({ results, count, terms, corrected }) {
    explained.replaceChildren(...terms.map(term => {
      const chinese = make("span", { lang: "zh-Hans" }, term.chinese);
      const link = make("a", { href: root + term.url }, make("dfn", {}, term.name));
      return make("p", {}, link, " ", chinese, `: ${term.text}`);
    }));
    list.replaceChildren(...results.map(({ url, page, title, excerpt }) => make("li", {}, make(
      "a", { href: root + url },
      make("span", { className: "site-search-title" }, title),
      make("span", { className: "site-search-page" }, page),
      make("span", { className: "site-search-excerpt" }, ...excerpt.map(({ text, marked }) => (
        marked ? make("mark", {}, text) : text))),
    ))));
    const sections = count === 1 ? "1 section" : `${count} sections`;
    const best = count > results.length ? `The best ${results.length} of ${sections}` : sections;
    // Read aloud, so it changes only if there is something new to say.
    const said = !input.value.trim() ? ""
      : !count ? "Nothing was found. Try other words, or fewer."
      : corrected ? `${best} for “${corrected}”` : best;
    if (status.textContent !== said) status.textContent = said;
    more.hidden = !dialog || count <= results.length;
    more.querySelector("a")?.setAttribute("href", `${form.action}?q=${encodeURIComponent(input.value)}`);
  }

  const update = () => show(search(input.value, dialog ? IN_DIALOG : ON_PAGE));
  input.addEventListener("input", update);

  form.addEventListener("submit", event => {
    if (!dialog) return; // the page shows its results under an address of their own
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("click", event => {
    // What is found may be on this very page.
    if (event.target instanceof Element && event.target.closest("a")) dialog?.close();
  });
  form.addEventListener("keydown", event => {
    const links = [...form.querySelectorAll("a")].filter(found => found.checkVisibility());
    const stops = [input, ...links];
    const at = stops.findIndex(stop => stop === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && at >= 0 && stops[at + step]) {
      event.preventDefault();
      stops[at + step].focus();
    } else if (event.key === "Escape" && dialog) {
      event.preventDefault(); // would only empty the field
      dialog.close();
    } else if (at > 0 && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      input.focus(); // and the letter arrives there
    }
  });

  const given = new URLSearchParams(location.search).get("q");
  if (!dialog && given && !input.value) input.value = given;
  update();
}

site.startSearch = startSearch;
