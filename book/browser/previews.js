// What a citation, the number of an equation, or a link to a claim leads to, shown beside the link
// to a pointer that rests there and to the keyboard. Escape closes it, and a pointer may move into
// it. A finger follows the link as ever. What stands on another page comes from its script in
// _previews (see site_extension/previews.py), which also loads from the disk.

const KIND = /^#(cite|equation|claim)-/;
const WAIT = 250; // ms: a pointer may only cross the link, or be on its way to the preview
const GAP = 4; // px between link and preview
const EDGE = 8; // px that stay free beside the screen's edge

/** @type {Window & {pagePreviews?: Record<string, Record<string, string>>}} */
const page = window;
const arrived = page.pagePreviews ??= {}; // by the name of the file that puts them here

/** @type {HTMLElement | undefined} */
let box;
/** @type {HTMLAnchorElement | null} */
let shown = null; // whose preview is open
/** @type {HTMLAnchorElement | null} */
let wanted = null; // whose preview is open or on its way; or closed by Escape while pointed at
let timer = 0;

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();

/** @param {EventTarget | null} target */
function previewable(target) {
  const link = target instanceof Element ? target.closest("a") : null;
  if (!link || !KIND.test(link.hash) || box?.contains(link)) return null;
  const there = document.getElementById(link.hash.slice(1));
  return there?.contains(link) ? null : link; // no place leads to itself
}

/** @param {string} url */
function load(url) {
  if (!loading.has(url)) loading.set(url, new Promise(resolve => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = script.onerror = resolve;
    document.head.append(script);
  }));
  return loading.get(url);
}

/**
 * What a link leads to, as an element of its own.
 * @param {HTMLAnchorElement} link
 */
async function target(link) {
  const [, kind] = KIND.exec(link.hash) ?? [];
  const id = decodeURIComponent(link.hash.slice(1));
  let base = location.href;
  /** @type {Node | null | undefined} */
  let found = document.getElementById(id);
  if (link.pathname !== location.pathname) {
    base = link.href;
    const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
    const path = decodeURI(link.pathname.slice(root.pathname.length)).replace(/\.html$/, "");
    await load(`${root}_previews/${path}.${kind}.js`);
    const template = document.createElement("template");
    template.innerHTML = arrived[`${path}.${kind}`]?.[id] ?? "";
    found = template.content.firstElementChild;
  }
  if (!found) return null;
  const copy = /** @type {HTMLElement} */ (found.cloneNode(true));
  copy.removeAttribute("id");
  for (const part of copy.querySelectorAll(".headerlink, .claim-link, .citation-places"))
    part.remove();
  for (const part of copy.querySelectorAll("a"))
    part.href = new URL(part.getAttribute("href") ?? "", base).href;
  return copy;
}

/** @param {HTMLAnchorElement} link */
async function show(link) {
  clearTimeout(timer);
  wanted = link;
  const content = await target(link);
  if (wanted !== link || !content) return;
  if (!box) {
    box = document.createElement("div");
    box.id = box.className = "preview";
    box.popover = "manual";
    (document.querySelector("article") ?? document.body).append(box); // where cards have their look
  }
  shown?.removeAttribute("aria-describedby");
  shown = link;
  link.setAttribute("aria-describedby", box.id);
  box.replaceChildren(content);
  box.togglePopover(true);
  place(box, link.getBoundingClientRect());
}

/**
 * Below the link, or above it where there is more room. It scrolls with the page.
 * @param {HTMLElement} box
 * @param {DOMRect} link
 */
function place(box, link) {
  box.style.maxHeight = "";
  const { clientWidth, clientHeight } = document.documentElement;
  const below = clientHeight - link.bottom, above = link.top;
  const under = box.offsetHeight + GAP + EDGE <= below || below > above;
  box.style.maxHeight = `${(under ? below : above) - GAP - EDGE}px`;
  const left = Math.max(EDGE, Math.min(link.left, clientWidth - box.offsetWidth - EDGE));
  const top = under ? link.bottom + GAP : link.top - GAP - box.offsetHeight;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${top + scrollY}px`;
}

function hide() {
  clearTimeout(timer);
  wanted = null;
  shown?.removeAttribute("aria-describedby");
  shown = null;
  box?.togglePopover(false);
}

/** @param {() => void} run */
function later(run) {
  clearTimeout(timer);
  timer = setTimeout(run, WAIT);
}

/** @param {PointerEvent} event */
function pointed(event) {
  if (event.pointerType !== "mouse") return;
  const link = previewable(event.target);
  if (box?.contains(/** @type {Node} */ (event.target))) clearTimeout(timer);
  else if (link && link !== wanted) later(() => void show(link));
  else {
    clearTimeout(timer);
    if (!link && shown) later(hide);
    else if (!link) wanted = null;
  }
}

/** @param {FocusEvent} event */
function focused(event) {
  const link = previewable(event.target);
  // Not when a click or a finger has put the focus there.
  if (link?.matches(":focus-visible")) {
    if (link !== shown) hide(); // at once: it may lie on the link that has the focus now
    void show(link);
  }
  else if (!box?.contains(/** @type {Node} */ (event.target))) hide();
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.key !== "Escape" || !shown) return;
  const link = shown;
  hide();
  wanted = link; // closed until the pointer or the focus comes anew
}

if ("popover" in HTMLElement.prototype) {
  document.addEventListener("pointerover", pointed);
  document.documentElement.addEventListener("pointerleave", () => shown && later(hide));
  document.addEventListener("focusin", focused);
  document.addEventListener("focusout", event => event.target === shown && later(hide));
  document.addEventListener("click", event => previewable(event.target) && hide());
  document.addEventListener("keydown", pressed);
}
