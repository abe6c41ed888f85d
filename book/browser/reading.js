// Where a reader was, and what has been read: kept in this browser, under one key, and shown in the
// list of contents and on the first page.

import { make } from "../../src/helpers/client_figures/shared/elements.js";

/**
 * Which of a page's sections have been read (their ids), and how many it has.
 * @typedef {{seen: string[], of: number}} Progress
 *
 * Where a reader was last: a page, and a section with its heading, or "" before the first.
 * @typedef {{page: string, title: string, section: string, heading: string}} Place
 *
 * @typedef {{pages: Record<string, Progress>, last?: Place}} Reading
 */

const KEY = "from-alchemy-to-experiment: reading"; // other sites may share the storage
const DWELL = 1000; // milliseconds; who passes by faster does not read
const ENOUGH = 0.8; // of a page's sections: few read the last one, of further reading

const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href).pathname;

/** @param {string} href @returns {string} a page of the site as it is named below its root */
function pageOf(href) {
  const path = new URL(href, location.href).pathname;
  return path.startsWith(root) ? path.slice(root.length) : "";
}

/** @returns {Reading} */
function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "");
    if (typeof kept.pages === "object" && kept.pages) return kept;
  } catch { /* nothing is kept, or not by this script */ }
  return { pages: {} };
}

/** @param {Reading} reading */
function save(reading) {
  try {
    localStorage.setItem(KEY, JSON.stringify(reading));
  } catch { /* no room: the book is read all the same */ }
}

/** @param {Progress | undefined} progress */
const isRead = progress => Boolean(progress && progress.seen.length >= ENOUGH * progress.of);

/** @param {Progress} progress @returns {string} */
const inWords = progress =>
  isRead(progress) ? "read" : `${progress.seen.length} of ${progress.of} sections read`;

/** @param {Element | null} heading @returns {string} its words, without the link to itself */
function wordsOf(heading) {
  const copy = /** @type {Element | undefined} */ (heading?.cloneNode(true));
  copy?.querySelectorAll(".headerlink, .katex-mathml").forEach(extra => extra.remove());
  return copy?.textContent?.trim() ?? "";
}

/** Notices what is read on this page. @param {string} page */
function watch(page) {
  /** @type {HTMLElement[]} */
  const sections = [...document.querySelectorAll("article > section > section[id]")]
    .filter(section => section instanceof HTMLElement);
  const end = document.querySelector(".prev-next-footer");
  if (!sections.length || !end) return;
  const visible = new Set();
  const atLine = new Set();
  let timer = 0;

  function note() {
    const reading = load();
    const ids = sections.map(section => section.id);
    const seen = new Set(reading.pages[page]?.seen);
    sections.forEach((section, i) => {
      // What follows a section is on the screen together with it: so its end is.
      if (visible.has(section) && visible.has(sections[i + 1] ?? end)) seen.add(section.id);
    });
    // Without sections that the page had once.
    const kept = ids.filter(id => seen.has(id));
    if (kept.length) reading.pages[page] = { seen: kept, of: ids.length };
    const current = sections.find(section => atLine.has(section));
    reading.last = {
      page,
      title: wordsOf(document.querySelector("article h1")),
      section: current?.id ?? "",
      heading: wordsOf(current?.querySelector("h2") ?? null),
    };
    save(reading);
    show();
  }

  /** @param {Set<Element>} inside @param {string} rootMargin */
  const keep = (inside, rootMargin) => new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inside.add(target); else inside.delete(target);
    }
    clearTimeout(timer);
    timer = setTimeout(note, DWELL);
  }, { rootMargin });
  // A link to a section leaves some of the one before it at the top of the screen.
  const whole = keep(visible, "-15% 0px 0px 0px");
  // A line in the upper part of the screen lies in the section that is being read.
  const line = keep(atLine, "-20% 0px -79% 0px");
  for (const section of sections) {
    whole.observe(section);
    line.observe(section);
  }
  whole.observe(end);
}

/** Shows in the list of contents and on the first page what is known. */
function show() {
  const { pages, last } = load();
  document.querySelectorAll(".reading-mark").forEach(mark => mark.remove());
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".bd-docs-nav a[href]");
  for (const link of links) {
    const progress = pages[pageOf(link.href)];
    if (!progress) continue;
    const sign = isRead(progress) ? "✓" : `${progress.seen.length}/${progress.of}`;
    const shown = make("span", { textContent: sign, ariaHidden: "true" });
    const said = make("span", { className: "visually-hidden", textContent: `, ${inWords(progress)}` });
    link.append(make("span", { className: "reading-mark" }, shown, said));
  }
  showCards(pages);
  showContinue(last && [...links].some(link => pageOf(link.href) === last.page) ? last : undefined);
}

/** @param {Record<string, Progress>} pages */
function showCards(pages) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const cards = document.querySelectorAll(".chapter-card .chapter-link");
  let read = 0;
  for (const link of cards) {
    const progress = pages[pageOf(link.href)];
    if (!progress) continue;
    read += Number(isRead(progress));
    const bar = make("progress", { max: progress.of, value: progress.seen.length, ariaHidden: "true" });
    const words = isRead(progress) ? "✓ read" : inWords(progress);
    link.parentElement?.append(make("p", { className: "reading-mark" }, bar, ` ${words}`));
  }
  /** @type {HTMLElement | null} */
  const note = document.querySelector(".reading-note");
  const status = note?.querySelector("[role=status]");
  if (!note || !status || !Object.keys(pages).length) return;
  note.hidden = false;
  status.textContent = `You have read ${read} of ${cards.length} chapters; this browser remembers it.`;
}

/** @param {Place | undefined} last */
function showContinue(last) {
  /** @type {HTMLAnchorElement | null} */
  const link = document.querySelector(".reading-continue");
  if (!link) return;
  link.hidden = !last;
  if (!last) return;
  link.href = `${root}${last.page}${last.section && `#${last.section}`}`;
  const where = [last.title, last.heading].filter(Boolean).join(": ");
  link.replaceChildren("Continue where you were", make("small", { textContent: where }));
}

document.querySelector(".reading-forget")?.addEventListener("click", ({ currentTarget }) => {
  try {
    localStorage.removeItem(KEY);
  } catch { /* there was nothing */ }
  show();
  const note = /** @type {HTMLElement} */ (currentTarget).parentElement;
  const status = note?.querySelector("[role=status]");
  if (!note || !status) return;
  status.textContent = "Forgotten.";
  note.querySelector("button")?.remove();
  note.tabIndex = -1; // the focus stays where the button was
  note.focus();
});

const page = pageOf(location.href);
if (/^(chapters|exercises)\//.test(page)) watch(page);
show();
addEventListener("storage", show); // another tab
addEventListener("pageshow", event => { if (event.persisted) show(); }); // Back, to this page
