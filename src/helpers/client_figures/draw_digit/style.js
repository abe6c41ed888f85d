// The style of the figure. Colors come from the page (the book's theme, or the notebook's).

export const DIGIT_STYLE = `
.digit { container-type: inline-size; width: 100%; font-size: .9rem; line-height: 1.4;
  --digit-host: var(--jp-ui-font-color1, var(--colab-primary-text-color, #222));
  --digit-text: var(--pst-color-text-base, var(--digit-host));
  --digit-muted: var(--pst-color-text-muted, var(--digit-text));
  --digit-accent: var(--pst-color-primary, #0072b2);
  --digit-border: var(--pst-color-border, #aaa);
  color: var(--digit-text); }
.digit * { box-sizing: border-box; }
.digit p, .digit ol { margin: 0; padding: 0; list-style: none; }
.digit canvas { display: block; width: 100%; height: 100%; margin: 0; }
.digit :focus-visible { outline: 3px solid var(--digit-accent); outline-offset: 2px; }
.digit-top { display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem 1rem; }
.digit-pad { width: 100%; max-width: 290px; aspect-ratio: 1; margin: 0 auto; touch-action: none;
  cursor: crosshair; user-select: none; -webkit-user-select: none;
  border: 1px solid var(--digit-border); border-radius: 4px; overflow: hidden; }
.digit-pad[data-tool=move] { cursor: move; }
.digit-muted { color: var(--digit-muted); font-size: .85rem; }
.digit-answer { font-weight: 600; min-height: 2.8em; }
.digit-side { display: grid; gap: .5rem; align-content: start; }
.digit-note:empty { display: none; }
.digit-note { border-left: 4px solid #d55e00; padding-left: .6rem; }
.digit-bars li { display: grid; grid-template-columns: 1.2rem minmax(0, 1fr) 3.2rem 3.6rem;
  gap: .5rem; align-items: center; height: 22px; font-variant-numeric: tabular-nums; }
.digit-bars li > span:nth-child(n+3) { text-align: right; }
.digit-bars b { font-weight: 600; }
.digit-track { height: 12px; border-radius: 2px; background: transparent;
  border: 1px solid var(--digit-border); overflow: hidden; display: block; }
.digit-track > span { display: block; height: 100%; width: 0; background: var(--digit-accent); }
.digit-row { display: flex; flex-wrap: wrap; gap: .4rem .5rem; align-items: center; }
.digit button, .digit select { font: inherit; color: inherit; background: transparent;
  cursor: pointer; min-height: 30px; padding: .2em .8em;
  border: 1px solid currentColor; border-radius: 4px; }
.digit select { width: 100%; padding: .2em .4em; }
.digit option { color: #222; background: #fff; }
.digit-settings { display: grid; gap: .2rem; }
.digit-settings > label { display: grid; gap: .6rem; align-items: center; margin: 0;
  grid-template-columns: 6.2rem minmax(0, 1fr) 6.4rem; min-height: 32px; }
.digit-settings > label > select { grid-column: 2 / -1; }
.digit-settings input[type=range] { width: 100%; height: 24px; margin: 0;
  accent-color: var(--digit-accent); }
.digit-tools { border: 0; margin: 0; padding: 0; display: flex; gap: .2rem .7rem; flex-wrap: wrap; }
.digit-tools legend { float: left; width: auto; font-size: inherit; margin: 0; padding: 3px 0; }
.digit-tools label { display: inline-flex; gap: .4rem; align-items: center; min-height: 28px;
  margin: 0; cursor: pointer; }
.digit-tools input { width: 24px; height: 24px; margin: 0; accent-color: var(--digit-accent); }
.digit-stages { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1rem; margin-top: .6rem; }
.digit-stage { flex: 1 1 18rem; min-width: 0; }
.digit-stage[data-size=one] { flex: 0 1 9rem; }
.digit-stage[data-size=many] { flex-basis: 100%; }
.digit-stage > div:first-child { display: flex; flex-wrap: wrap; justify-content: space-between;
  gap: 0 1rem; }
.digit-maps { width: 100%; }
.digit-legend { display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; margin-top: .7rem; }
.digit-scale { width: 130px; height: 12px; border: 1px solid var(--digit-border); }
.digit-value { min-height: 1.4em; font-variant-numeric: tabular-nums; }
@container (min-width: 640px) {
  .digit-top { grid-template-columns: 340px minmax(0, 1fr); }
  .digit-pad { max-width: 340px; }
}
@media (forced-colors: active) { .digit-track > span, .digit-scale { forced-color-adjust: none; } }
`;

const PALETTES = {
  light: { page: [255, 255, 255], plus: [0, 114, 178], minus: [213, 94, 0], ink: "#222832",
    line: "#c8ccd4", mark: "#b3261e" },
  dark: { page: [24, 28, 35], plus: [120, 200, 245], minus: [240, 160, 40], ink: "#e6eaf0",
    line: "#4a5260", mark: "#ffb4ab" },
};

/** @typedef {ReturnType<typeof paletteOf>} Palette */

/** @param {import("../shared/theme.js").Theme} theme */
export function paletteOf(theme) {
  const { page, plus, minus, ...rest } = PALETTES[theme];
  /** @param {number[]} target @param {number} t */
  const mix = (target, t) =>
    `rgb(${page.map((from, i) => Math.round(from + (target[i] - from) * t)).join(" ")})`;
  return {
    ...rest,
    page: mix(page, 0),
    /** @param {number} t from -1 to 1 */
    shade: t => mix(t < 0 ? minus : plus, Math.min(1, Math.abs(t))),
  };
}
