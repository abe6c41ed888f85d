// A chapter's sections are laid out when they come near the screen: content-visibility in page.css.
// Two parts of the theme would lay all out at once while the page loads. This replaces them.

/**
 * Scroll to an element. Sections on the way are laid out as they come near, and move it: follow it.
 * @param {Element} element
 * @param {() => ScrollLogicalPosition} block where on the screen; asked again in each frame
 * @param {() => boolean} drawn whether it has its size
 */
export async function bringIntoView(element, block = () => "start", drawn = () => true) {
  for (let frame = 0, last = NaN; frame < 30; frame++) {
    element.scrollIntoView({ block: block(), behavior: "instant" });
    await new Promise(requestAnimationFrame);
    const { top } = element.getBoundingClientRect();
    if (frame > 5 && top === last && drawn()) return;
    last = top;
  }
}

/** For the same reason the browser itself misses what an address or a link on the page names. */
function arrive() {
  const target = document.querySelector(":target");
  if (target) bringIntoView(target);
}

/** Bootstrap's scroll spy measures every section. Observing costs nothing until one moves. */
function spyOnSections() {
  /** @type {Map<Element, HTMLAnchorElement>} */
  const links = new Map();
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const anchors = document.querySelectorAll(".page-toc a[href^='#']");
  for (const link of anchors) {
    const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const visible = new Set();
  const observer = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) visible.add(target); else visible.delete(target);
    }
    // The innermost section that reaches into the upper part of the screen is being read.
    const current = [...links.keys()].filter(section => visible.has(section)).pop();
    for (const [section, link] of links) link.classList.toggle("active", section === current);
  }, { rootMargin: "-10% 0px -60% 0px" });
  for (const section of links.keys()) observer.observe(section);
}

addEventListener("hashchange", arrive);
// Who comes back or loads the page again stays where the browser puts them.
const [visit] = performance.getEntriesByType("navigation");
if (/** @type {PerformanceNavigationTiming | undefined} */ (visit)?.type === "navigate") arrive();
spyOnSections();

// The theme looks for blocks that need a scroll bar when the window is resized. Let it look again
// when a section has been laid out; what it skips in the others is in assets.py.
let timer = 0;
document.addEventListener("contentvisibilityautostatechange", () => {
  clearTimeout(timer);
  timer = setTimeout(() => dispatchEvent(new Event("resize")), 300);
}, true);
