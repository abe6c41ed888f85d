// The style of the figure. Colors come from the page (the book's theme, or the notebook's).

import { sharedStyle } from "../shared/style.js";

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
.digit-top { display: grid; gap: .4rem .8rem; align-items: start;
  grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); }
.digit-drawing { display: grid; gap: .3rem; }
/* What is not the pad: the site's header, controls, maps and the caption. */
.digit-pad { width: min(100%, max(10rem, 100svh - 28rem)); max-width: 290px; aspect-ratio: 1;
  margin: 0 auto; touch-action: none; cursor: crosshair; user-select: none;
  -webkit-user-select: none; border: 1px solid var(--digit-border); border-radius: 4px;
  overflow: hidden; }
.digit-pad[data-tool=move] { cursor: move; }
.digit-muted { color: var(--digit-muted); font-size: .85rem; }
.digit-answer { font-weight: 600; min-height: 2.5em; line-height: 1.25; }
.digit-side { display: grid; gap: .4rem; align-content: start; grid-column: 1 / -1; }
.digit-note:empty { display: none; }
.digit-note { border-left: 4px solid #d55e00; padding-left: .6rem; }
.digit-bars li { display: grid; grid-template-columns: .8rem minmax(0, 1fr) 3.2rem;
  gap: .35rem; align-items: center; height: 17px; font-size: .85rem;
  font-variant-numeric: tabular-nums; }
.digit-bars li > span:nth-child(n+3) { text-align: right; }
.digit-bars b { font-weight: 600; }
.digit-bars > p, .digit-bars li > .digit-muted { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.digit-track { height: 11px; border-radius: 2px; background: transparent;
  border: 1px solid var(--digit-border); overflow: hidden; display: block; }
.digit-track > span { display: block; height: 100%; width: 0; background: var(--digit-accent); }
.digit-row, .digit-row div { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center; }
.digit button, .digit select { font: inherit; color: inherit; background: transparent;
  cursor: pointer; min-height: 30px; padding: .2em .6em !important;
  border: 1px solid currentColor; border-radius: 4px; }
.digit select { width: 100%; padding: .2em .3em !important; }
.digit option { color: #222; background: #fff; }
.digit-settings { display: grid; gap: .2rem 1rem; align-items: end;
  grid-template-columns: repeat(2, minmax(0, 1fr)); }
/* Name and value above the control. */
.digit-settings > label { display: grid; gap: 0 .4rem; margin: 0; line-height: 1.25;
  grid-template-columns: minmax(0, 1fr) auto; }
.digit-settings :is(select, input) { grid-column: 1 / -1; }
.digit-settings input[type=range] { width: 100%; height: 26px; margin: 0;
  accent-color: var(--digit-accent); }
.digit-tools { border: 0; margin: 0; padding: 0; min-width: 0; display: flex; gap: 0 .1rem;
  flex-wrap: wrap; justify-content: space-between; }
.digit-tools legend { font-size: inherit; position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.digit-tools label { display: inline-flex; gap: .1rem; align-items: center; min-height: 28px;
  margin: 0; cursor: pointer; font-size: .8rem; }
.digit-tools input { width: 24px; height: 24px; margin: 0; accent-color: var(--digit-accent); }
.digit-stages { display: flex; flex-wrap: wrap; align-items: end; gap: .35rem 1rem;
  margin-top: .4rem; line-height: 1.25; }
.digit-stage { flex: 1 1 10rem; min-width: 0; font-size: .8rem; }
.digit-stage[data-size=one] { flex: 0 1 7rem; }
.digit-stage[data-size=many] { flex-basis: 100%; }
.digit-stage > div:first-child { display: flex; flex-wrap: wrap; justify-content: space-between;
  gap: 0 1rem; }
.digit-maps { width: 100%; }
.digit-legend { display: flex; gap: .2rem .5rem; align-items: center; flex-wrap: wrap;
  margin-top: .4rem; font-size: .85rem; line-height: 1.25; }
.digit-scale { width: 90px; height: 12px; border: 1px solid var(--digit-border); }
.digit-value { font-variant-numeric: tabular-nums; }
.digit-value:empty::before { content: "\\a0"; }
@container (max-width: 579px) {
  .digit-top, .digit-side { gap: .25rem .8rem; }
  .digit-bars li { height: 16px; }
  .digit-settings { row-gap: 0; }
  .digit-row, .digit-row div { gap: .2rem .3rem; }
  .digit-stages { margin-top: .2rem; gap: .25rem .8rem; line-height: 1.15; }
}
@container (min-width: 580px) {
  .digit-top { grid-template-columns: auto minmax(9rem, 1fr) minmax(0, 1.25fr); }
  .digit-pad { width: max(10rem, 100svh - 26.5rem); max-width: 300px; }
  .digit-side { grid-column: auto; }
  .digit-settings > :nth-child(-n+2) { grid-column: 1 / -1; }
}
@container (min-width: 760px) {
  .digit-bars > p, .digit-bars li > .digit-muted { all: unset; color: var(--digit-muted); }
  .digit-bars li { grid-template-columns: .8rem minmax(0, 1fr) 3.2rem 2.8rem; }
}
@media (forced-colors: active) { .digit-track > span, .digit-scale { forced-color-adjust: none; } }
${sharedStyle("digit")}`;

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
