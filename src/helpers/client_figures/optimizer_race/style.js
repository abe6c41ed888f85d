// The style of the race. Colors come from the page (the book's theme, or the notebook's).

import { sharedStyle } from "../shared/style.js";

export const RACE_STYLE = `
.race { container-type: inline-size; width: 100%; font-size: .9rem; line-height: 1.4;
  --race-host-text: var(--jp-ui-font-color1, var(--colab-primary-text-color, #222));
  --race-text: var(--pst-color-text-base, var(--race-host-text));
  --race-muted: var(--pst-color-text-muted, var(--race-text));
  --race-accent: var(--pst-color-primary, #0072b2);
  color: var(--race-text); }
.race * { box-sizing: border-box; }
.race-grid { display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem 1rem; }
.race-plot { position: relative; width: 100%; aspect-ratio: 1.08; }
/* What is not the plot: the site's header, the controls, and the caption. */
.race-surface .race-plot { max-height: max(13rem, min(440px, 100svh - 37rem)); }
.race-loss .race-plot { height: 7.5rem; aspect-ratio: auto; }
.race-plot canvas { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; }
.race-surface .race-plot { cursor: crosshair; touch-action: pan-y; border-radius: 4px;
  user-select: none; -webkit-user-select: none; }
.race :focus-visible { outline: 3px solid var(--race-accent); outline-offset: 2px; }
.race p { margin: 0; }
.race-muted { color: var(--race-muted); font-size: .85rem; }
.race-bar, .race-tools { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; }
.race-bar p { flex: 1 1 18rem; min-height: 1.4em; font-variant-numeric: tabular-nums; }
.race button, .race select { font: inherit; color: inherit; background: transparent;
  cursor: pointer; min-height: 30px; padding: .2em .5em;
  border: 1px solid currentColor; border-radius: 4px; }
.race .race-tools button { font: inherit !important; padding: .2em .5em !important; }
.race-play { min-width: 4.4em; }
.race select { padding: .2em .3em; width: 100%; }
.race option { color: #222; background: #fff; }
.race-settings { display: grid; gap: .2rem 1rem; align-items: end;
  grid-template-columns: repeat(2, minmax(0, 1fr)); }
/* Name and value above the control. */
.race-settings label { display: grid; gap: 0 .4rem; margin: 0;
  grid-template-columns: minmax(0, 1fr) auto; line-height: 1.25; }
.race-settings :is(select, input) { grid-column: 1 / -1; }
.race-settings input { width: 100%; height: 30px; margin: 0; accent-color: var(--race-accent); }
.race-value { text-align: right; font-variant-numeric: tabular-nums; }
.race-legend { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: 0 .5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.4rem), 1fr)); align-content: start; }
.race-legend legend { font-size: inherit; font-weight: 600; padding: 0; margin: 0;
  float: none; width: auto; line-height: 1.3; }
.race-legend label { display: grid; gap: 0 .35rem; height: 31px; margin: 0; cursor: pointer;
  font-size: .8rem;
  grid-template-columns: 20px 28px minmax(0, 1fr) auto; align-content: center; }
.race-legend :is(input, svg) { grid-row: 1 / span 2; align-self: center; }
.race-legend input { width: 18px; height: 18px; margin: 0; accent-color: var(--race-accent); }
.race-legend svg { width: 28px; height: 16px; display: block; }
.race-legend label > :not(input, svg) { line-height: 1.1; }
.race-legend small { grid-column: 3 / -1; font-size: .75rem; color: var(--race-muted);
  white-space: nowrap; }
.race-legend small:empty { display: none; }
@container (min-width: 580px) {
  .race-grid { grid-template-columns: repeat(2, minmax(0, 1fr));
    grid-template-areas: "surface loss" "surface legend" "bar bar" "settings settings";
    grid-template-rows: minmax(9rem, 1fr) auto auto auto; }
  .race-surface .race-plot { max-height: max(15rem, min(440px, 100svh - 19rem)); }
  .race-surface { grid-area: surface; }
  .race-loss { grid-area: loss; }
  .race-loss .race-plot { height: 100%; }
  .race-bar { grid-area: bar; }
  .race-bar p { min-height: 0; flex-basis: 15rem; }
  .race button, .race .race-tools button { padding: .2em .8em !important; }
  .race-play { min-width: 5.2em; }
  .race-settings { grid-area: settings; grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .race-legend { grid-area: legend; align-self: end; }
}
/* A laptop's screen is low, and a mouse needs less room than a finger. */
@media (max-height: 720px) and (pointer: fine) {
  .race-legend label { height: 24px; }
  .race-settings label { font-size: .82rem; white-space: nowrap; }
  @container (min-width: 580px) { .race-grid { grid-template-rows: minmax(7rem, 1fr) auto auto auto; } }
}
@media (forced-colors: active) { .race-legend svg { forced-color-adjust: none; } }
${sharedStyle("race")}`;
