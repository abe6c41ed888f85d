// Scales, ticks and axes of plots.

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Rect in CSS pixels
 * @typedef {object} Axis
 * @property {number} from value at the left or the bottom
 * @property {number} to
 * @property {string} label
 * @property {boolean} [log] whether equal distances are equal ratios
 */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {Axis} axis
 * @param {number} start pixel of `from`
 * @param {number} end pixel of `to`
 * @returns {(value: number) => number} from value to pixel
 */
export function axisScale(axis, start, end) {
  const size = end - start;
  if (!axis.log) return value => start + ((value - axis.from) / (axis.to - axis.from)) * size;
  const low = Math.log(axis.from);
  const factor = size / (Math.log(axis.to) - low);
  // What is not above the axis, an exact minimum for example, lies on it.
  return value => start + (value > axis.from ? Math.log(value) - low : 0) * factor;
}

/**
 * @param {number} factor
 * @param {number} power of ten
 * @returns {string} for example 0.2 or 10⁻⁸
 */
function powerText(factor, power) {
  if (power >= -2 && power <= 3) return String(Number(`${factor}e${power}`));
  const digits = [...String(power)].map(digit => SUPERSCRIPTS[Number(digit)] ?? "⁻").join("");
  return factor === 1 ? `10${digits}` : `${factor}·10${digits}`;
}

/**
 * @param {Axis} axis
 * @param {number} count
 * @returns {{value: number, text: string}[]} about `count` round values inside the axis
 */
export function axisTicks(axis, count) {
  const ticks = [];
  // Within a single power of ten, ordinary round values serve better.
  if (axis.log && axis.to >= 10 * axis.from) {
    const first = Math.ceil(Math.log10(axis.from) - 1e-9);
    const last = Math.floor(Math.log10(axis.to) + 1e-9);
    const factors = last - first < 2 ? [1, 2, 5] : [1]; // too few powers of ten alone
    const step = Math.ceil((last - first + 1) / count);
    for (let power = last; power >= first - 1; power -= step) {
      for (const factor of factors) {
        const value = Number(`${factor}e${power}`);
        if (value < axis.from || value > axis.to) continue;
        ticks.push({ value, text: powerText(factor, power) });
      }
    }
    return ticks;
  }
  const rough = (axis.to - axis.from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find(factor => factor * power >= rough * 0.999) ?? 10);
  for (let k = Math.ceil(axis.from / step - 1e-9); k * step <= axis.to + 1e-9 * step; k++) {
    const value = Number((k * step).toPrecision(6));
    ticks.push({ value, text: String(value).replace("-", "−") });
  }
  return ticks;
}

/**
 * Draws ticks and names left of and below a rectangle.
 * @param {CanvasRenderingContext2D} context
 * @param {Rect} rect
 * @param {Axis} horizontal
 * @param {Axis} vertical
 * @param {{text: string, grid: string}} colors
 * @param {boolean} grid whether to draw lines across
 */
export function drawAxes(context, rect, horizontal, vertical, colors, grid) {
  const bottom = rect.y + rect.height;
  const right = rect.x + rect.width;
  const x = axisScale(horizontal, rect.x, right);
  const y = axisScale(vertical, bottom, rect.y);
  context.fillStyle = colors.text;
  context.strokeStyle = colors.grid;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.font = "12px system-ui, sans-serif";
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { value, text } of axisTicks(horizontal, Math.min(6, rect.width / 50))) {
    context.fillText(text, x(value), bottom + 6);
    context.moveTo(x(value), bottom + 4);
    context.lineTo(x(value), grid ? rect.y : bottom);
  }
  context.fillText(horizontal.label, rect.x + rect.width / 2, bottom + 21);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, text } of axisTicks(vertical, Math.min(7, rect.height / 35))) {
    context.fillText(text, rect.x - 6, y(value));
    context.moveTo(rect.x - 4, y(value));
    context.lineTo(grid ? right : rect.x, y(value));
  }
  context.stroke();
  context.save();
  context.translate(rect.x - 44, rect.y + rect.height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  // On a low screen what stands in brackets is left out: the ticks say "log scale", too.
  const whole = context.measureText(vertical.label).width <= rect.height;
  context.fillText(whole ? vertical.label : vertical.label.replace(/ \(.*/, ""), 0, 0);
  context.restore();
}
