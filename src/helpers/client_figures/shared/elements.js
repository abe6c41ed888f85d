// What the pages of figures are made of, besides their canvases.

/**
 * Creates an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object} [properties] of the element, by their names in JavaScript
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Creates a button. The label is for those who cannot see the sign on it.
 * @param {string} textContent
 * @param {() => void} onclick
 * @param {string} [label]
 */
export function makeButton(textContent, onclick, label = "") {
  const button = make("button", { type: "button", textContent, onclick });
  if (label) button.setAttribute("aria-label", label);
  return button;
}

/**
 * Writes only what changes: some of it is written many times a second.
 * @param {Element} element
 * @param {string} text
 */
export function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * What an element does on its events, by their names.
 * @typedef {{[Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void}}
 *   Handlers
 */

/**
 * @param {HTMLElement} element
 * @param {Handlers} handlers
 * @returns {() => void} call it to stop
 */
export function listen(element, handlers) {
  const ended = new AbortController();
  for (const [type, call] of Object.entries(handlers)) {
    // Not passive: some of them keep a finger from scrolling the page.
    const options = { passive: false, signal: ended.signal };
    element.addEventListener(type, /** @type {EventListener} */ (call), options);
  }
  return () => ended.abort();
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 * @throws {Error} in a browser that cannot draw
 */
export function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas to draw on");
  return pen;
}

/** A region that screen readers speak, and nobody sees: the latest text, once the changes pause. */
export function createSpeaker() {
  const element = make("p", { role: "status" });
  element.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;" +
    "clip-path:inset(50%);white-space:nowrap";
  let timer = 0;
  return {
    element,
    /** @param {string} text @param {number} [pause] milliseconds */
    say(text, pause = 700) {
      clearTimeout(timer);
      timer = setTimeout(() => writeText(element, text), pause);
    },
    stop: () => clearTimeout(timer),
  };
}
