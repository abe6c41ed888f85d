// The race's controls: settings, buttons and the legend. They know nothing of the race itself.

import { make, writeText } from "../shared/elements.js";
import { LOOKS } from "./trails.js";
import { SPEEDS, formatLoss } from "./state.js";
import { SURFACES } from "./surfaces.js";

/**
 * @param {string} name
 * @param {[string, string][]} options values with their texts
 * @param {(value: string) => void} onPick
 */
function selectField(name, options, onPick) {
  const select = make("select", {}, ...options.map(([value, textContent]) =>
    make("option", { value, textContent })));
  select.addEventListener("change", () => onPick(select.value));
  return { field: make("label", {}, make("span", { textContent: name }), select), select };
}

/**
 * @param {string} name
 * @param {{min: number, max: number, step: number | "any"}} limits
 * @param {(value: number) => void} onMove
 */
function sliderField(name, limits, onMove) {
  const input = make("input", { type: "range", ...limits });
  const text = make("span", { className: "race-value", ariaHidden: "true" });
  input.addEventListener("input", () => onMove(Number(input.value)));
  const field = make("label", {}, make("span", { textContent: name }), text, input);
  /** @param {number} position of the slider @param {number} value as it is read */
  const show = (position, value) => {
    input.value = String(position);
    input.setAttribute("aria-valuetext", (text.textContent = String(value)));
  };
  return { field, show };
}

/**
 * Surface, learning rate, momentum and speed.
 * @param {(changes: Record<string, unknown>) => void} onChange receives the model's keys
 */
export function createSettings(onChange) {
  const surface = selectField("Surface", SURFACES.map(({ name, title }) => [name, title]), name => {
    const [start_x, start_y] = SURFACES.find(known => known.name === name)?.start ?? [0, 0];
    onChange({ surface: name, start_x, start_y });
  });
  // The slider moves in powers of ten; two digits are enough for a learning rate.
  const rate = sliderField("Learning rate", { min: -4, max: 0, step: "any" }, power =>
    onChange({ learning_rate: Number((10 ** power).toPrecision(2)) }));
  const momentum = sliderField("Momentum", { min: 0, max: 0.99, step: 0.01 }, value =>
    onChange({ momentum: value }));
  const speed = selectField("Speed", SPEEDS.map(n => [`${n}`, `${n} steps/s`]), value =>
    onChange({ speed: Number(value) }));
  const fields = [surface, rate, momentum, speed].map(({ field }) => field);
  const element = make("div", { className: "race-settings" }, ...fields);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "Settings");
  return {
    element,
    /** @param {import("./state.js").RaceState} state */
    show({ surface: { name }, settings, speed: steps }) {
      surface.select.value = name;
      speed.select.value = String(steps);
      rate.show(Math.log10(settings.lr), Number(settings.lr.toPrecision(4)));
      momentum.show(settings.momentum, Number(settings.momentum.toPrecision(4)));
    },
  };
}

/**
 * The line and marker of an optimizer, as in the plots.
 * @param {import("./trails.js").Look} look
 */
function swatch(look) {
  /** @param {string} tag @param {Record<string, string>} attributes */
  const part = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const svg = part("svg", { viewBox: "0 0 34 16", "aria-hidden": "true" });
  const line = part("path", { d: "M0 8H34", "stroke-width": "2" });
  line.setAttribute("stroke-dasharray", look.dash.join(" "));
  const marker = part("path", { d: look.marker, transform: "translate(17 8)" });
  svg.append(line, marker);
  /** @param {import("../shared/theme.js").Theme} theme */
  const paint = theme => {
    line.setAttribute("stroke", look[theme]);
    marker.setAttribute("fill", look[theme]);
  };
  return { svg, paint };
}

/**
 * A checkbox for each optimizer, with its loss now.
 * @param {string[]} names
 * @param {(hidden: string[]) => void} onChange
 */
export function createLegend(names, onChange) {
  const rows = names.map(name => {
    const box = make("input", { type: "checkbox" });
    const note = make("small");
    const loss = make("span", { className: "race-value" });
    const { svg, paint } = swatch(LOOKS[name]);
    const text = make("span", { textContent: name });
    box.addEventListener("change", () =>
      onChange(rows.filter(row => !row.box.checked).map(row => row.name)));
    const label = make("label", {}, box, svg, text, loss, note);
    return { name, box, note, loss, paint, label };
  });
  return {
    element: make("fieldset", { className: "race-legend" },
      make("legend", { textContent: "Optimizers, with their loss now" }),
      ...rows.map(row => row.label)),
    /** @param {Set<string>} hidden @param {"light" | "dark"} theme */
    show(hidden, theme) {
      for (const row of rows) {
        row.box.checked = !hidden.has(row.name);
        row.paint(theme);
      }
    },
    /**
     * Writes losses, and who is lost.
     * @param {import("./optimizers.js").Track[]} tracks
     * @param {number} step
     * @param {import("./surfaces.js").RaceSurface} surface
     */
    update(tracks, step, surface) {
      const [[x0, x1], [y0, y1]] = surface.domain;
      rows.forEach(({ note, loss }, i) => {
        const { x, y, finite, loss: losses } = tracks[i];
        const diverged = step > finite;
        const outside = x[step] < x0 || x[step] > x1 || y[step] < y0 || y[step] > y1;
        writeText(loss, diverged ? "∞" : formatLoss(losses[step]));
        const place = outside ? "outside the picture" : "";
        writeText(note, diverged ? `diverged at step ${finite + 1}` : place);
      });
    },
  };
}
