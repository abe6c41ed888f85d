// The style of the date figure. Colors come from the page (the book's theme, or the notebook's).

import { sharedStyle } from "../shared/style.js";

export const DATE_STYLE = `
.date-figure { container-type: inline-size; width: 100%; font-size: .9rem; line-height: 1.4;
  --date-host-text: var(--jp-ui-font-color1, var(--colab-primary-text-color, #222));
  --date-text: var(--pst-color-text-base, var(--date-host-text));
  --date-muted: var(--pst-color-text-muted, var(--date-text));
  --date-accent: var(--pst-color-primary, #0072b2);
  --figure-touch: 38px;
  --date-mono: ui-monospace, Menlo, Consolas, monospace;
  color: var(--date-text); display: grid; gap: .6rem; }
.date-figure * { box-sizing: border-box; }
.date-figure p { margin: 0; }
.date-figure label { margin: 0; }
.date-figure :focus-visible { outline: 3px solid var(--date-accent); outline-offset: 2px; }
.date-top { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: end; }
.date-entry { display: grid; gap: .2rem; flex: 1 1 11rem; }
.date-below { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: center; }
.date-entry span { font-weight: 600; }
.date-entry input { font: 1rem var(--date-mono); color: inherit; background: transparent;
  border: 1px solid currentColor; border-radius: 4px; padding: .3em .5em; width: 100%;
  min-height: 38px; }
.date-entry input[aria-invalid=true] { border: 2px solid var(--date-wrong); }
.date-answer { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline;
  min-height: 2.2rem; }
.date-written { font: 600 1rem var(--date-mono); letter-spacing: .05em; }
.date-answer .date-problem { color: var(--date-wrong); font-weight: 600; }
.date-matrix { position: relative; width: 100%; cursor: crosshair; touch-action: pan-y;
  user-select: none; -webkit-user-select: none; border-radius: 4px; }
.date-matrix canvas { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; }
.date-detail { min-height: 1.4em; font-variant-numeric: tabular-nums; }
.date-row { display: grid; grid-template-columns: auto minmax(0, 1fr) 1.5rem; gap: .6rem;
  align-items: center; min-height: 32px; }
.date-row input { width: 100%; height: 24px; margin: 0; accent-color: var(--date-accent); }
.date-row b { font-family: var(--date-mono); text-align: right; }
.date-legend { display: flex; gap: .5rem; align-items: center; color: var(--date-muted);
  font-size: .85rem; }
.date-legend i { width: 8rem; height: .9rem; border: 1px solid currentColor;
  forced-color-adjust: none; }
.date-bar, .date-bar div { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; }
.date-bar button { font: inherit; color: inherit; background: transparent; cursor: pointer;
  min-height: 38px; padding: .2em .6em !important; border: 1px solid currentColor; border-radius: 4px; }
.date-muted { color: var(--date-muted); font-size: .85rem; }
@container (max-width: 559px) { .date-detail { min-height: 2.8em; } }
${sharedStyle("date-figure")}
`;
