// The table below the network: how much gradient reaches each layer, and how many units are flat.

import { make, writeText } from "../../shared/elements.js";
import { numberText } from "./state.js";

// The bar of a gradient: nothing at 10⁻⁸, full at 10.
const [SMALLEST, DECADES] = [1e-8, 9];
/** @param {number} share */
const percentOf = share => `${Math.round(100 * (share || 0))} %`;
const HEAD = "pg-spoken";

export function createReport() {
  const names = [
    ["Gradient", "Length of the last batch's gradient of the weights into this layer"],
    ["Flat", "Share of the layer's outputs at which the activation has almost no slope"],
    ["Dead", "Share of the layer's units without any slope for all training points"],
  ];
  const columns = make("colgroup");
  const head = make("tr");
  const rows = names.map(([name, title]) => make("tr", { title },
    make("th", { scope: "row", textContent: name })));
  const table = make("table", { className: "pg-report" },
    make("caption", { className: HEAD, textContent: "Gradient and flat units of each layer" }),
    columns, make("thead", { className: HEAD }, head), make("tbody", {}, ...rows));
  /** @type {HTMLElement[][]} of each row */
  let cells = [];

  return {
    element: table,
    /** @param {import("./diagram.js").Layout} layout of the diagram above */
    lay({ width, columns: places }) {
      table.style.width = `${width}px`;
      const edges = places.slice(1).map(({ x }, k) => (x + places[k].x) / 2);
      const widths = [...edges, width].map((edge, k) => edge - (edges[k - 1] ?? 0));
      columns.replaceChildren(...widths.map(size => {
        const column = make("col");
        column.style.width = `${size}px`;
        return column;
      }));
      const last = places.length - 2;
      head.replaceChildren(make("td"), ...places.slice(1).map((_, k) =>
        make("th", { scope: "col", textContent: k < last ? `Layer ${k + 1}` : "Output" })));
      cells = rows.map(row => {
        const own = places.slice(1).map(() => make("td"));
        row.replaceChildren(row.cells[0], ...own);
        return own;
      });
    },
    /**
     * @param {import("../engine/trainer.js").LayerReport[]} report
     * @param {boolean} begun whether there was a step, and so a gradient
     */
    write(report, begun) {
      report.forEach(({ gradientNorm, saturated, dead }, k) => {
        if (!cells[0]?.[k]) return;
        const part = Math.log10(Math.max(begun ? gradientNorm : 0, SMALLEST) / SMALLEST) / DECADES;
        // What is not a number has outgrown them.
        const shown = Number.isNaN(part) ? 1 : Math.min(1, part);
        cells[0][k].style.setProperty("--part", `${Math.round(100 * shown)}%`);
        writeText(cells[0][k], begun ? numberText(gradientNorm, 2) : "–");
        const hidden = k < report.length - 1;
        [saturated, dead].forEach((share, i) => {
          const cell = cells[i + 1][k];
          cell.style.setProperty("--part", hidden ? percentOf(share).replace(" ", "") : "0%");
          writeText(cell, hidden ? percentOf(share) : "");
        });
      });
    },
  };
}
