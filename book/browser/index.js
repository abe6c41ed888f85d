// The site's own scripts and those of the theme, joined into one file while the book is built. They
// run one by one, each in a task of its own, when the browser has nothing better to do: together,
// and before the first picture, they would keep a slow device from answering for half a second.

/** @type {Window & {themeScripts?: (() => void)[]}} */
const site = window;
/** @type {(() => unknown)[]} */
const parts = [
  () => import("./long_pages.js"),
  () => import("./code_switch.js"),
  () => import("./figure_sweep.js"),
  () => import("./js_figure.js"),
  () => import("./evidence.js"),
  () => import("./contents.js"),
  () => import("./reading.js"),
  () => import("./print.js"),
  () => import("./offline.js"),
  () => import("./copy_buttons.js"),
  () => import("./to_top.js"),
  () => import("./previews.js"),
  () => import("./report.js"),
  () => import("./search/open.js"),
  ...(site.themeScripts ?? []),
];

function next() {
  const part = parts.shift();
  if (part) {
    setTimeout(next); // also if this part fails
    part();
  } else {
    document.documentElement.dataset.scripts = "ready";
  }
}

if ("requestIdleCallback" in window) requestIdleCallback(next, { timeout: 1000 }); else setTimeout(next);
