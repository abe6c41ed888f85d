// Elements and canvases, as the parts of this figure need them.

/** Creates an element with properties and children. */
export function node(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Writes only what changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes a canvas as sharp as the screen.
 * @returns {{pen: CanvasRenderingContext2D, width: number, height: number} | null} in CSS pixels;
 *   null while the canvas is not laid out
 */
export function prepareCanvas(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return null;
  const [w, h] = [width, height].map(length => Math.round(length * devicePixelRatio));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = canvas.getContext("2d");
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** A field with a name, a slider and a text. */
export function rangeField(name, onMove) {
  const input = node("input", { type: "range", step: 1 });
  const text = node("span", { ariaHidden: "true" });
  input.addEventListener("input", () => onMove(Number(input.value)));
  return {
    field: node("label", {}, node("span", { textContent: name }), input, text),
    show(value, low, high, words) {
      Object.assign(input, { min: low, max: high });
      input.value = value;
      input.setAttribute("aria-valuetext", words);
      setText(text, words);
    },
  };
}

/** A region that screen readers speak: the latest text, a second after the last change. */
export function createVoice() {
  const element = node("p", { className: "digit-spoken", role: "status" });
  let timer = 0;
  return {
    element,
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => setText(element, text), 1000);
    },
    stop: () => clearTimeout(timer),
  };
}
