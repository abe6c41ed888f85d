// Colors of the playground: orange below zero, blue above, as Okabe and Ito chose them, because
// readers with any common color-vision deficiency can tell them apart.

const RAMPS = {
  light: { below: [213, 94, 0], zero: [246, 247, 249], above: [0, 114, 178] },
  dark: { below: [240, 138, 52], zero: [29, 33, 41], above: [72, 168, 228] },
};
/**
 * @typedef {"light" | "dark"} Theme
 * @typedef {Record<"below" | "above" | "none" | "text" | "edge" | "ink" | "frame" | "grid"
 *   | "test", string>} Inks
 */

/** @type {Record<Theme, Inks>} what is drawn besides maps */
export const INKS = {
  light: {
    below: "#d55e00", above: "#0072b2", none: "#b9bec7", text: "#48494d", edge: "#ffffff",
    ink: "#111418", frame: "#7c828d", grid: "#e1e3e7", test: "#00795a",
  },
  dark: {
    below: "#f08a34", above: "#48a8e4", none: "#545b67", text: "#c9ccd3", edge: "#0d0f13",
    ink: "#ffffff", frame: "#8b93a1", grid: "#39404b", test: "#3ecf9f",
  },
};
// Maps are paler than points, which must stand out on them.
const STRENGTH = 0.78;

/** @type {Partial<Record<Theme, Uint32Array>>} */
const ramps = {};
/**
 * @param {Theme} theme
 * @returns {Uint32Array} 256 pixels, from -1 to 1
 */
export function rampOf(theme) {
  return ramps[theme] ??= Uint32Array.from({ length: 256 }, (_, i) => {
    const { below, zero, above } = RAMPS[theme];
    const t = (i - 127.5) / 127.5;
    const end = t < 0 ? below : above;
    const part = Math.abs(t) ** 0.85 * STRENGTH;
    const [r, g, b] = zero.map((from, k) => Math.round(from + (end[k] - from) * part));
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}

/**
 * @param {Theme} theme
 * @param {boolean} discretize whether only the sign counts
 * @returns {string} the CSS gradient of the ramp, for the legend
 */
export function rampGradient(theme, discretize) {
  const ramp = rampOf(theme);
  /** @param {number} i */
  const css = i => `rgb(${ramp[i] & 255} ${(ramp[i] >> 8) & 255} ${(ramp[i] >> 16) & 255})`;
  if (discretize) return `linear-gradient(90deg, ${css(0)} 50%, ${css(255)} 50%)`;
  return `linear-gradient(90deg, ${[0, 32, 64, 96, 128, 160, 192, 224, 255].map(css).join()})`;
}

/**
 * Paints values, one pixel each.
 * @param {Uint32Array} pixels
 * @param {number} from the first pixel
 * @param {ArrayLike<number>} values what is beyond -1 or 1 looks like these
 * @param {Uint32Array} ramp
 * @param {boolean} discretize whether only the sign counts
 */
export function paintMap(pixels, from, values, ramp, discretize) {
  const n = values.length;
  if (discretize) {
    for (let i = 0; i < n; i++) pixels[from + i] = ramp[values[i] < 0 ? 0 : 255];
    return;
  }
  for (let i = 0; i < n; i++) {
    const v = values[i];
    const k = v <= -1 ? 0 : v >= 1 ? 255 : (v * 127.5 + 127.5) | 0;
    pixels[from + i] = ramp[v === v ? k : 128]; // not a number: as zero
  }
}

/**
 * @param {Theme} theme
 * @param {number} value
 * @returns {string} the full color of a target between -1 and 1
 */
export function pointColor(theme, value) {
  const { below, zero, above } = RAMPS[theme];
  const end = value < 0 ? below : above;
  const part = Math.min(1, 0.25 + 0.75 * Math.abs(value));
  return `rgb(${zero.map((from, k) => Math.round(from + (end[k] - from) * part)).join()})`;
}
