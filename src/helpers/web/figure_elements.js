// What the pages of figures are made of, besides their canvases.

/** Creates an element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Creates a button. The label is for those who cannot see the sign on it. */
export function makeButton(textContent, onclick, label = "") {
  const button = make("button", { type: "button", textContent, onclick });
  if (label) button.setAttribute("aria-label", label);
  return button;
}

/** Writes only what changes: some of it is written many times a second. */
export function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A region that screen readers speak: the latest text, once the changes pause.
 * @param {string} className one that hides it from sight
 */
export function createSpeaker(className) {
  const element = make("p", { className, role: "status" });
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
