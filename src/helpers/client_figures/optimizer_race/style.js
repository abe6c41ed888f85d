// The style of the race. Colors come from the page (the book's theme, or the notebook's).

export const RACE_STYLE = `
.race { container-type: inline-size; width: 100%; font-size: .9rem; line-height: 1.4;
  --race-host-text: var(--jp-ui-font-color1, var(--colab-primary-text-color, #222));
  --race-text: var(--pst-color-text-base, var(--race-host-text));
  --race-muted: var(--pst-color-text-muted, var(--race-text));
  --race-accent: var(--pst-color-primary, #0072b2);
  color: var(--race-text); }
.race * { box-sizing: border-box; }
.race-grid { display: grid; grid-template-columns: minmax(0, 1fr); gap: .6rem 1rem; }
.race-plot { position: relative; width: 100%; aspect-ratio: 1.08; max-height: 440px; }
.race-loss .race-plot { aspect-ratio: 1.5; }
.race-plot canvas { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; }
.race-surface .race-plot { cursor: crosshair; touch-action: pan-y; border-radius: 4px;
  user-select: none; -webkit-user-select: none; }
.race :focus-visible { outline: 3px solid var(--race-accent); outline-offset: 2px; }
.race p { margin: 0; }
.race-muted { color: var(--race-muted); font-size: .85rem; }
.race-bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.race-bar p { flex: 1 1 15rem; min-height: 2.8em; font-variant-numeric: tabular-nums; }
.race button, .race select { font: inherit; color: inherit; background: transparent;
  cursor: pointer; min-height: 30px; padding: .2em .8em;
  border: 1px solid currentColor; border-radius: 4px; }
.race-play { min-width: 5.2em; }
.race select { padding: .2em .4em; width: 100%; }
.race option { color: #222; background: #fff; }
.race-settings { display: grid; gap: .3rem; align-content: start; }
.race-settings label { display: grid; gap: .6rem;
  grid-template-columns: 7.2rem minmax(0, 1fr) 3.6rem; align-items: center;
  min-height: 32px; margin: 0; }
.race-settings label > select { grid-column: 2 / -1; }
.race-settings input { width: 100%; height: 24px; margin: 0; accent-color: var(--race-accent); }
.race-value { text-align: right; font-variant-numeric: tabular-nums; }
.race-legend { border: 0; margin: 0; padding: 0; min-width: 0; }
.race-legend legend { font-size: inherit; font-weight: 600; padding: 0; margin: 0 0 .1rem;
  float: none; width: auto; }
.race-legend label { display: grid; gap: .5rem;
  grid-template-columns: 24px 44px minmax(0, 1fr) auto; align-items: center;
  height: 34px; margin: 0; cursor: pointer; }
.race-legend input { width: 18px; height: 18px; margin: 3px; accent-color: var(--race-accent); }
.race-legend svg { width: 44px; height: 16px; display: block; }
.race-legend label > span { line-height: 1.15; }
.race-legend small { display: block; font-size: .8rem; color: var(--race-muted); }
.race-legend small:empty { display: none; }
@container (min-width: 640px) {
  .race-grid { grid-template-columns: repeat(2, minmax(0, 1fr));
    grid-template-areas: "surface loss" "bar bar" "settings legend"; }
  .race-loss .race-plot { aspect-ratio: 1.08; }
  .race-surface { grid-area: surface; }
  .race-loss { grid-area: loss; }
  .race-bar { grid-area: bar; }
  .race-bar p { min-height: 0; }
  .race-settings { grid-area: settings; }
  .race-legend { grid-area: legend; }
}
@media (forced-colors: active) { .race-legend svg { forced-color-adjust: none; } }
`;
