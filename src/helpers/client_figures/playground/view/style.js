// The style of the playground. Colors come from the page (the book's theme, or the notebook's).

import { sharedStyle } from "../../shared/style.js";

export const STYLE = `
.pg { container-type: inline-size; width: 100%; font-size: .86rem; line-height: 1.4;
  --pg-host: var(--jp-ui-font-color1, var(--colab-primary-text-color, #222));
  --pg-text: var(--pst-color-text-base, var(--pg-host));
  --pg-muted: var(--pst-color-text-muted, var(--pg-text));
  --pg-paper: var(--pst-color-surface, var(--jp-layout-color0, var(--colab-primary-surface-color,
    Canvas)));
  --pg-accent: var(--pst-color-primary, #0072b2);
  --pg-line: color-mix(in srgb, var(--pg-text) 22%, transparent);
  --pg-soft: color-mix(in srgb, var(--pg-text) 6%, transparent);
  --pg-bar: color-mix(in srgb, #0072b2 30%, transparent);
  color: var(--pg-text); }
.pg *, .pg *::before { box-sizing: border-box; }
.pg p, .pg fieldset, .pg label, .pg ul { margin: 0; }
.pg fieldset { border: 0; padding: 0; min-width: 0; }
.pg legend { float: none; width: auto; font-size: inherit; padding: 0; margin: 0; }
.pg canvas { display: block; }
.pg :focus-visible { outline: 3px solid var(--pg-accent); outline-offset: 2px; }
.pg button, .pg select, .pg input[type=number] { font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--pg-muted); border-radius: 5px;
  min-height: 30px; }
.pg button { cursor: pointer; padding: .15em .7em; }
.pg button:hover:not(:disabled) { background: var(--pg-soft); }
.pg button:disabled { opacity: .4; cursor: default; }
.pg select { padding: .1em .3em; width: 100%; cursor: pointer; }
.pg option { color: #222; background: #fff; }
.pg input[type=number] { padding: .1em .3em .1em .5em; width: 100%; }
.pg input[type=range] { width: 100%; height: 24px; margin: 0; accent-color: var(--pg-accent); }
.pg input[type=checkbox] { width: 18px; height: 18px; margin: 3px; flex: none;
  accent-color: var(--pg-accent); }
.pg-spoken { position: absolute !important; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.pg-presets { display: flex; flex-wrap: wrap; gap: .3rem; }
.pg .pg-presets button { border-radius: 99px; border-color: var(--pg-line); padding: .1em .7em;
  font-size: .8rem; }
.pg .pg-presets [aria-pressed=true] { background: var(--pg-text);
  color: var(--pst-color-surface, #fff); border-color: var(--pg-text); }
.pg .pg-note { margin: .5rem 0 0; padding: .5rem .8rem; border-left: 4px solid var(--pg-accent);
  background: var(--pg-soft); border-radius: 0 6px 6px 0; font-size: .95rem; max-width: 62rem; }
.pg-note:empty { display: none; }
.pg-notice { margin: .5rem 0; padding: .5rem .8rem; border: 2px solid #d55e00; border-radius: 6px;
  display: flex; gap: 1rem; align-items: center; justify-content: space-between; }
.pg-notice[hidden] { display: none; }
.pg-notice ul { padding-left: 1.1rem; overflow-wrap: anywhere; }
.pg-bars { display: contents; }
.pg-bar, .pg-more { display: flex; flex-wrap: wrap; gap: .45rem; align-items: center; }
.pg-bar { position: sticky; top: var(--pg-top, 0px); z-index: 5; margin: .4rem 0 0;
  padding: .4rem 0;
  background: var(--pg-paper); border: solid var(--pg-line); border-width: 1px 0; }
.pg-more { margin: .4rem 0 .5rem; }
.pg .pg-play { min-width: 6.6em; min-height: 38px; font-weight: 700; font-size: 1rem;
  color: #fff; background: #0067a3; border-color: #0067a3; }
.pg .pg-play:hover:not(:disabled) { background: #00568a; }
.pg-play::before { content: "▶" / ""; font-size: .8em; margin-right: .5em; }
.pg-play[data-on]::before { content: "❚❚" / ""; }
.pg-status { margin-left: auto !important; font-size: 1rem; font-weight: 600;
  font-variant-numeric: tabular-nums; min-width: 7em; text-align: right; }
.pg .pg-speed { display: flex; gap: .4rem; align-items: center; width: auto; }
.pg-speed select { width: auto; }
.pg-fields { display: grid; gap: .3rem .9rem; align-items: end;
  grid-template-columns: repeat(auto-fill, minmax(126px, 1fr)); }
.pg-field { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .4rem;
  align-content: end; min-height: 46px; }
.pg-field > select, .pg-field > input { grid-column: 1 / -1; }
.pg-name { font-size: .8rem; color: var(--pg-muted); white-space: nowrap; }
.pg-value { font-size: .8rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.pg-field:has(:disabled) { opacity: .5; }
.pg-switch { display: flex; align-items: center; gap: .3rem; min-height: 32px; cursor: pointer;
  line-height: 1.15; }
.pg .pg-help { font-size: .8rem; color: var(--pg-muted); margin: .2rem 0 0; min-height: 2.8em; }
.pg-sets > legend { font-weight: 700; }
.pg-kind { display: grid; grid-template-columns: repeat(4, 62px); gap: .3rem; }
.pg .pg-kind p { grid-column: 1 / -1; font-size: .8rem; color: var(--pg-muted); margin: .2rem 0 0; }
.pg-set { position: relative; display: grid; justify-items: center; text-align: center;
  font-size: .74rem; line-height: 1.1; cursor: pointer; gap: .15rem; align-content: start; }
.pg-set input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0;
  cursor: pointer; }
.pg-set canvas { width: 46px; height: 46px; border: 1px solid var(--pg-line); border-radius: 6px; }
.pg-set input:checked + canvas { outline: 3px solid var(--pg-accent); }
.pg-set input:checked ~ span { font-weight: 700; }
.pg-set input:focus-visible + canvas { outline: 3px solid var(--pg-accent); outline-offset: 3px; }
.pg-data .pg-fields { margin-top: .6rem; }
.pg-body { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.pg-lanes { display: grid; gap: 1.6rem 1.4rem; grid-template-columns: minmax(0, 1fr); }
.pg-lane { container-type: inline-size; min-width: 0; }
.pg .pg-lane-name { display: none; width: 1.9em; height: 1.9em; line-height: 1.9;
  border-radius: 50%; text-align: center; font-weight: 700; margin-bottom: .3rem; background: var(--pg-text);
  color: var(--pst-color-surface, #fff); }
.pg-two .pg-lane-name { display: block; }
.pg-main { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); margin-top: .4rem; }
.pg-layers { display: flex; align-items: center; gap: .3rem; justify-content: center; }
.pg-fields > .pg-layers { grid-column: span 2; justify-content: start; min-height: 32px; }
.pg-count { min-width: 8em; font-weight: 600; }
.pg .pg-layers button, .pg .pg-units button { min-height: 26px; width: 26px; padding: 0;
  line-height: 1; font-weight: 700; }
.pg-scroll { overflow-x: auto; overflow-y: hidden; padding-bottom: 2px; }
.pg-units { position: relative; height: 48px; margin-top: .2rem; }
.pg-units > div { position: absolute; top: 0; width: 56px; display: flex; flex-wrap: wrap; gap: 4px;
  justify-content: center; }
.pg-units > div > span { font-size: .76rem; white-space: nowrap; }
.pg-head-inputs, .pg-head-output { position: absolute; bottom: 2px; font-size: .76rem;
  font-weight: 600; }
.pg-head-inputs { left: 4px; }
.pg-head-output { right: 8px; }
.pg-stage { position: relative; }
.pg-diagram { width: max-content; border-radius: 4px; touch-action: pan-x pan-y; }
.pg-diagram:focus-visible { outline-offset: -3px; }
.pg-features { position: absolute; top: 0; left: 0; width: 78px; pointer-events: none; }
.pg-features label { position: absolute; left: 2px; height: 28px; width: 76px; display: flex;
  align-items: center; gap: .15rem; cursor: pointer; pointer-events: auto; white-space: nowrap; }
.pg .pg-report { table-layout: fixed; border-collapse: collapse; margin: .2rem 0 0;
  font-size: .76rem; font-variant-numeric: tabular-nums; border: 0; }
.pg .pg-report th, .pg .pg-report td { border: 0; padding: 1px 2px; background: none; height: 22px;
  white-space: nowrap; }
.pg .pg-report tbody th { text-align: left; font-weight: 600; padding-left: 4px; }
.pg .pg-report tbody td { text-align: center; --part: 0%; background: linear-gradient(90deg,
  var(--pg-bar) var(--part), var(--pg-soft) var(--part)) content-box; }
.pg .pg-report tbody td:empty { background: none; }
.pg-inspector { margin-top: .4rem; min-height: 5.4em; }
.pg .pg-formula { font-size: .84rem; min-height: 2.8em; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.pg-weights { display: flex; flex-wrap: wrap; gap: .3rem .7rem; margin-top: .3rem; }
.pg-weights:empty { display: none; }
.pg-weight { display: flex; align-items: center; gap: .3rem; white-space: nowrap; }
.pg .pg-weight input { width: 5.6em; }
.pg-out { display: grid; gap: 1rem; grid-template-columns: repeat(2, minmax(0, 1fr));
  align-content: start; justify-items: center; }
.pg-output, .pg-losses { width: 100%; max-width: min(330px, max(14rem, 100svh - 23.75rem)); }
.pg-out-title { font-weight: 600; margin-bottom: .3rem !important; }
.pg-map { position: relative; width: 100%; aspect-ratio: 1; }
.pg-points-canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.pg-field-canvas { position: absolute; left: 30px; top: 4px; width: calc(100% - 36px);
  height: calc(100% - 36px); }
.pg-legend { display: flex; gap: .5rem; align-items: center; font-size: .76rem;
  padding-left: 30px; }
.pg-ramp { flex: 1; height: 10px; border-radius: 3px; border: 1px solid var(--pg-line); }
.pg .pg-readout { font-size: .76rem; min-height: 1.4em; padding-left: 30px;
  font-variant-numeric: tabular-nums; color: var(--pg-muted); }
.pg-numbers { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-variant-numeric: tabular-nums; }
.pg-numbers span { display: flex; align-items: center; gap: .4rem; }
.pg-numbers span::before { content: ""; width: 22px; border-top: 2px solid var(--pg-text); }
.pg-numbers .pg-test::before { border-top: 2px dashed #00795a; }
html[data-theme=dark] .pg-numbers .pg-test::before { border-color: #3ecf9f; }
.pg-chart { position: relative; width: 100%; height: 170px; }
.pg-chart canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.pg .pg-warning { color: var(--pg-text); font-weight: 600; }
.pg-warning:not(:empty) { border-left: 4px solid #d55e00; padding-left: .6rem; }
.pg-foot { margin-top: .6rem; }
@container (max-width: 559px) {
  /* One row, because a phone is low for all that there is to see. */
  .pg-presets { flex-wrap: nowrap; overflow-x: auto; padding: 3px; margin: -3px; }
  .pg .pg-presets button { white-space: nowrap; flex: none; }
  .pg-main { gap: .4rem; }
  /* Left of the units' buttons, above the features, whose name moves into the free row below. */
  .pg-net { position: relative; }
  .pg-net > .pg-layers { position: absolute; left: 0; top: 0; width: 6.4rem; flex-wrap: wrap;
    justify-content: start; gap: 0 .25rem; z-index: 1; }
  .pg-net .pg-count { min-width: 0; width: 100%; font-size: .76rem; white-space: nowrap; }
  .pg-head-inputs { bottom: -16px; z-index: 1; }
  .pg-out-title { font-size: .8rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
}
@container (max-width: 419px) {
  .pg-bar { gap: .3rem; }
  .pg .pg-play { min-width: 5.6em; font-size: 1rem; }
  .pg-bar button { padding: .15em .5em; }
  .pg-status { font-size: .85rem; line-height: 1.2; min-width: 0; width: min-content; }
}
@container (min-width: 660px) {
  .pg-main { grid-template-columns: minmax(0, 1fr) clamp(220px, 36%, 320px); gap: .4rem 1rem;
    grid-template-rows: auto 1fr; }
  .pg-out { grid-template-columns: minmax(0, 1fr); grid-row: 1 / span 2; grid-column: 2; }
}
@container (min-width: 560px) {
  .pg-data { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 2.2rem;
    align-items: start; }
  .pg-data .pg-help { grid-column: 1 / -1; }
  .pg .pg-help { min-height: 1.4em; }
  .pg .pg-data .pg-fields { margin: 1.2rem 0 0; grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .pg-kinds { display: flex; gap: 1.2rem; }
  .pg-kind:last-child { grid-template-columns: repeat(2, 62px); }
}
@container (min-width: 900px) {
  .pg-bars { display: flex; flex-wrap: wrap; gap: .45rem; align-items: center;
    margin: .4rem 0 .6rem; padding: .4rem 0; border: solid var(--pg-line); border-width: 1px 0; }
  .pg-bar, .pg-more { display: contents; }
  .pg-status { order: 9; }
  .pg .pg-body:not(.pg-two) .pg-data .pg-help { min-height: 8em; }
  .pg-body:not(.pg-two) { grid-template-columns: 140px minmax(0, 1fr); gap: 1.6rem; }
  .pg-body:not(.pg-two) :is(.pg-data, .pg-kinds) { display: block; }
  .pg-body:not(.pg-two) .pg-kind { grid-template-columns: repeat(2, 62px); }
  .pg .pg-body:not(.pg-two) .pg-data .pg-fields { margin-top: .6rem;
    grid-template-columns: minmax(0, 1fr); }
  .pg-two .pg-lanes { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
${sharedStyle("pg")}
@media (pointer: coarse) {
  .pg .pg-layers button, .pg .pg-units button { min-height: 44px; }
  .pg .pg-layers button { width: 44px; }
  .pg-units { height: 66px; }
}
@media (forced-colors: active) {
  .pg-set input:checked + canvas { outline-color: Highlight; }
  .pg-ramp, .pg-numbers span::before { forced-color-adjust: none; }
  .pg .pg-presets [aria-pressed=true], .pg .pg-play { border: 2px solid Highlight; }
}
`;
