// One network with its controls, its picture and its results. Two of them can stand side by side.

import { createColumns } from "./columns.js";
import { createLaneControls } from "./controls.js";
import { createDiagram, diagramLayout, diagramLinks } from "./diagram.js";
import { make, writeText } from "../../shared/elements.js";
import { createInspector, describeMark, unitName } from "./inspector.js";
import { createChart } from "./losses.js";
import { createMap } from "./map.js";
import { attachDiagramPointer } from "./pointer.js";
import { createReport } from "./report.js";
import { DEFAULTS, FEATURE_NAMES, numberText } from "./state.js";
import { createTraining } from "./training.js";

const DIAGRAM_LABEL = "The network. Arrow keys go from unit to unit and read what each computes; "
  + "Enter opens its weights to change them.";
export const LOST = "The weights have become too large to compute with. Lower the learning rate "
  + "and press Restart.";
const ALONE = "A batch of one has no spread. Batch normalization uses its running averages "
  + "instead.";
// While more frames follow, what is costly takes turns: in so many of them everything comes once.
const TURNS = 10;
const LOW_SCREEN = 760; // CSS pixels
export const NARROW = 560; // CSS pixels; a phone
const FIRST_PARTS = 5; // of the first picture, so that a slow page answers between

/**
 * @typedef {import("./state.js").Settings} Settings
 * @typedef {import("./diagram.js").Mark} Mark
 * @typedef {import("./losses.js").LossHistory} LossHistory
 * @typedef {"layout" | "points" | "maps" | "texts"} Part
 */

/**
 * @param {object} figure
 * @param {string} figure.name A or B
 * @param {(changes: Record<string, unknown>) => void} figure.onChange
 * @param {() => void} figure.onTouched something must be drawn again
 * @param {() => void} figure.onEdited the reader has changed a weight
 * @param {(sentence: string) => void} figure.onRefused what was typed makes no sense
 * @param {{say: (text: string) => void}} figure.speaker
 */
export function createLane({ name, onChange, onTouched, onEdited, onRefused, speaker }) {
  const training = createTraining();
  /** @type {import("./diagram.js").Layout} */
  let layout = { width: 0, height: 0, tile: 0, columns: [] };
  /** @type {import("./diagram.js").Line[]} */
  let links = [];
  /** @type {number[]} rows of the features that are used */
  let used = [];
  /** @type {import("./state.js").View} */
  let view = DEFAULTS;
  /** @type {Mark | null} what is pointed at */
  let marked = null;
  /** @type {Record<Part, boolean>} */
  let stale = { layout: true, points: true, maps: true, texts: true };
  let frames = 0;
  let turn = 0; // of the first picture's parts
  let late = false; // whether there was a change since some of them were drawn
  let owed = 0; // frames until everything shows the last change

  // The page's elements
  const controls = createLaneControls(name === "A", onChange, onRefused);
  const columns = createColumns(onChange, mark);
  const canvas = make("canvas");
  const diagram = make("div", { className: "pg-diagram", tabIndex: 0 }, canvas);
  // An application: screen readers pass the arrow keys on instead of using them to read.
  diagram.setAttribute("role", "application");
  diagram.setAttribute("aria-label", `${DIAGRAM_LABEL} (${name})`);
  const drawing = createDiagram(canvas);
  const report = createReport();
  const map = createMap();
  const chart = createChart();
  const title = make("p", { className: "pg-out-title" });
  const numbers = make("p", { className: "pg-numbers" });
  const warning = make("p", { className: "pg-warning" });
  const inspector = createInspector({
    settings: () => training.settings,
    network: () => training.trainer.network,
    setWeight(layer, out, input, value) {
      training.setWeight(layer, out, input, value);
      touch("maps", "texts");
      onEdited();
    },
    mark,
    leave: () => diagram.focus({ preventScroll: true }),
  });
  const scroll = make("div", { className: "pg-scroll" }, columns.units,
    make("div", { className: "pg-stage" }, diagram, columns.features), report.element);
  const net = make("div", { className: "pg-net" }, columns.layers, scroll);
  const main = make("div", { className: "pg-main" }, net,
    make("div", { className: "pg-out" },
      make("div", { className: "pg-output" }, title, map.element, map.legend, map.readout),
      make("div", { className: "pg-losses" }, numbers, chart.element, warning)),
    inspector.element);
  const element = make("div", { className: "pg-lane" },
    make("p", { className: "pg-lane-name", textContent: name }), controls.element, main);
  // No <section>: those of a page have a measure for text.
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", `Network ${name}`);
  attachDiagramPointer(diagram, {
    picture() {
      if (stale.layout) lay(); // the network may have changed since it was drawn
      return { layout, links };
    },
    mark,
    open(item) {
      if (item.unit?.column === 0) return columns.toggle(item.unit.row);
      if (item.unit) inspector.show(item.unit, 0);
      else inspector.show({ column: item.link.layer + 1, row: item.link.out }, item.link.input);
      return touch("maps", "texts");
    },
    speak: item => speaker.say(describeMark(training.settings, training.trainer.network, item)),
  });

  /** @param {...Part} parts what must be drawn again, because the reader or Python changed it */
  function touch(...parts) {
    for (const part of parts) stale[part] = true;
    owed = TURNS;
    late ||= turn > 0 && turn < FIRST_PARTS;
    onTouched();
  }

  /** @param {Mark | null} next */
  function mark(next) {
    marked = next;
    touch("maps", "texts");
  }

  /**
   * @param {import("./training.js").MapGrid} large
   * @param {{units: Float32Array[][], output: Float32Array}} maps
   * @returns {ArrayLike<number>} what the large map shows: the output, or the unit pointed at
   */
  function shownMap(large, maps) {
    const unit = marked?.unit;
    if (!unit || unit.column > training.settings.hidden.length) return maps.output;
    if (unit.column === 0) return large.features[unit.row];
    return maps.units[unit.column - 1]?.[unit.row] ?? maps.output;
  }

  /** @returns {[string, string]} what the colors at both ends mean: a unit's are no classes */
  function legendWords() {
    if (view.discretize) return ["< 0", "≥ 0"];
    const { problem, hidden } = training.settings;
    if (marked?.unit && marked.unit.column <= hidden.length) return ["≤ −1", "≥ 1"];
    return problem === "classification" ? ["orange", "blue"] : ["−1", "1"];
  }

  function warningText() {
    const { batch_normalization: normalized, batch_size: size } = training.settings;
    return training.trainer.diverged ? LOST : normalized && size === 1 ? ALONE : "";
  }

  /** Finds the place of everything. It stays stale: what is drawn there has to be drawn again. */
  function lay() {
    const { hidden, features } = training.settings;
    layout = diagramLayout(scroll.clientWidth, hidden, FEATURE_NAMES.length,
      innerHeight < LOW_SCREEN || element.clientWidth < NARROW);
    used = FEATURE_NAMES.flatMap(([key], row) => (features.includes(key) ? [row] : []));
    links = diagramLinks(layout, used);
    drawing.measure(layout);
    columns.show(training.settings, layout);
    report.lay(layout);
    map.measure();
    chart.measure();
  }

  return {
    element, training, touch,
    /** @param {boolean} narrow whether what is below the network comes after it */
    arrange(narrow) {
      if (narrow) {
        net.prepend(columns.layers);
        element.append(controls.element);
      } else {
        controls.fields.append(columns.layers);
        element.append(main);
      }
    },
    /** Training has changed what is shown; the frame that follows draws it. */
    learned() {
      stale.maps = stale.texts = true;
    },
    /**
     * Takes new settings.
     * @param {Settings} settings
     * @param {import("../engine/data.js").Points} data
     * @param {import("./state.js").View} nextView
     * @returns {"same" | "soft" | "restart"} what they asked of the training
     */
    update(settings, data, nextView) {
      const change = training.update(settings, data, nextView.weights);
      view = nextView;
      controls.show(settings);
      columns.take(settings);
      if (change === "restart") {
        inspector.show(null);
        marked = null; // it may not be there any more
      }
      touch("layout", "points", "maps", "texts");
      return change;
    },
    restart() {
      training.restart(view.weights);
      touch("maps", "texts");
    },
    /**
     * @param {import("./colors.js").Theme} theme
     * @param {boolean} running whether more frames follow soon: then the costly parts take turns
     * @param {LossHistory | null} other the other lane's
     * @param {{from: number, to: number}} range of the losses
     * @returns {boolean} whether all that the reader or Python changed is drawn
     */
    draw(theme, running, other, range) {
      if (!element.clientWidth) return true; // nobody can see it
      frames += 1;
      /** @param {number} part */
      const mine = part => turn >= FIRST_PARTS || turn === part;
      if (stale.layout) lay();
      if (stale.points && mine(1)) {
        const classification = training.settings.problem === "classification";
        map.drawPoints(training.data, { classification, showTest: view.show_test }, theme);
      }
      const whole = !running || stale.layout;
      if (stale.maps) {
        const { discretize } = view;
        const { small, large } = training.grids;
        if ((whole || frames % 2) && mine(2)) {
          const { units, output } = training.maps(small);
          const maps = [...small.features, ...units.flat(), output];
          const { layers } = training.trainer.network;
          drawing.draw({ layout, links, layers, maps, used, marked, discretize, theme });
        }
        if ((whole || frames % 2 === 0) && mine(3)) {
          map.paint(shownMap(large, training.maps(large)), theme, discretize);
        }
      }
      if ((whole || frames % 2 === 0) && mine(4)) chart.draw(training.history, other, range, theme);
      if (stale.texts && (whole || frames % TURNS === 0) && mine(4)) {
        this.write();
        map.writeLegend(legendWords(), theme, view.discretize);
      }
      if (++turn < FIRST_PARTS || late) {
        late &&= turn < FIRST_PARTS;
        stale.layout = false;
        return false;
      }
      stale = { layout: false, points: false, maps: running && stale.maps && !whole,
        texts: running && stale.texts && !whole };
      owed = whole ? 0 : Math.max(0, owed - 1);
      return owed === 0;
    },
    /** Everything that is text. */
    write() {
      const { settings, losses } = training;
      const unit = marked?.unit;
      writeText(title, unit ? `${unitName(settings, unit)}: its output` : "Output of the network");
      const [train, test] = [losses.train, losses.test].map(loss => numberText(loss));
      writeText(numbers, "");
      numbers.append(make("span", { className: "pg-train", textContent: `training loss ${train}` }),
        make("span", { className: "pg-test", textContent: `test loss ${test}` }));
      report.write(training.report(), training.iteration > 0);
      inspector.update();
      inspector.describe(marked);
      writeText(warning, warningText());
      const epochs = `after ${training.epoch} epochs`;
      chart.element.setAttribute("aria-label",
        `Losses of ${name} ${epochs}: training ${train}, test ${test}`);
      map.element.setAttribute("aria-label",
        `Output of network ${name} over the plane ${epochs}, with the points`);
    },
    say: () => `training loss ${numberText(training.losses.train)}, `
      + `test loss ${numberText(training.losses.test)}${warningText() && `. ${warningText()}`}`,
    stop() {
      element.remove();
    },
  };
}
