// Whether the page around a figure is light or dark.

/** @typedef {"light" | "dark"} Theme */

const THEME_ATTRIBUTES = ["class", "data-theme", "data-mode", "data-jp-theme-light"];

/**
 * @param {HTMLElement} element
 * @returns {Theme} the theme around it, judged by the color of its text
 */
export function themeOf(element) {
  const { color } = getComputedStyle(element);
  const full = color.startsWith("rgb") ? 255 : 1; // the other notation: color(srgb 0.9 0.9 0.9)
  const [red, green, blue] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > full / 2 ? "dark" : "light";
}

/**
 * Calls back when the page may have changed between light and dark.
 * @param {() => void} changed
 * @returns {() => void} call it to stop
 */
export function watchTheme(changed) {
  const observer = new MutationObserver(changed);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributeFilter: THEME_ATTRIBUTES });
  }
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", changed);
  };
}
