// The Evidence page: choose claims by chapter, verdict, kind and words, and sort them. The choice
// is in the address: #evidence?verdict=fails&sort=repeated. Without this the page is the table.

import { follow, write } from "./figure_state.js";

const collator = new Intl.Collator("en", { numeric: true });

/**
 * @param {HTMLTableRowElement} row
 * @param {number} column
 */
function sortKey(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort ?? cell.textContent ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} section what the address names
 * @param {HTMLTableElement} table
 */
function choose(form, section, table) {
  const body = table.tBodies[0];
  const rows = [...body.rows]; // in the order of the book
  /** @type {string[] | undefined} of the rows, once somebody looks for a word */
  let texts;
  const heads = [...table.rows[0].cells];
  const columns = heads.map(head => (head.textContent ?? "").toLowerCase());
  const fields = [...form.querySelectorAll("select"), ...form.querySelectorAll("input")];
  let sort = ""; // a column's name, after a minus if it falls; "" is the order of the book

  /** @param {number} i @param {string} words @returns {boolean} whether a row has them all */
  function has(i, words) {
    texts ??= rows.map(
      row => [...row.cells].map(cell => cell.textContent).join("\n").toLowerCase());
    const text = texts[i];
    return words.toLowerCase().split(/\s+/).every(word => text.includes(word));
  }

  function update() {
    const column = columns.indexOf(sort.replace("-", ""));
    const falls = sort.startsWith("-");
    const sign = falls ? -1 : 1;
    const compare = column < 0 ? undefined :
      /** @type {(a: HTMLTableRowElement, b: HTMLTableRowElement) => number} */
      (a, b) => sign * collator.compare(sortKey(a, column), sortKey(b, column));
    // The sort is stable: equal rows stay in the order of the book.
    const order = compare ? [...rows].sort(compare) : rows;
    if (order.some((row, i) => row !== body.rows[i])) body.append(...order);
    heads.forEach((head, i) => {
      if (i === column) head.ariaSort = falls ? "descending" : "ascending";
      else head.removeAttribute("aria-sort");
    });
    let count = 0;
    rows.forEach((row, i) => {
      const wanted = fields.every(({ name, value }) => !value ||
        (name === "text" ? has(i, value) : row.dataset[name] === value));
      row.hidden = !wanted;
      count += Number(wanted);
    });
    const shown = form.querySelector("output");
    if (shown) shown.value = `${count} of ${rows.length} claims`;
  }

  function changed() {
    update();
    const state = fields.map(({ name, value }) => [name, value.trim()]);
    const given = [...state, ["sort", sort]].filter(([, value]) => value);
    write(section.id, Object.fromEntries(given));
  }

  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      sort = sort === columns[i] ? `-${sort}` : columns[i];
      changed();
    });
  });
  form.addEventListener("input", changed);
  form.addEventListener("submit", event => event.preventDefault());
  form.querySelector("button")?.addEventListener("click", () => {
    form.reset();
    sort = "";
    changed();
  });
  form.hidden = false;
  follow(section, state => {
    for (const field of fields) {
      field.value = state.get(field.name) ?? "";
      // An address typed by hand may name what is not offered.
      if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = "";
    }
    sort = state.get("sort") ?? "";
    update();
  });
  update();
}

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form.evidence-filters");
const section = form?.closest("section");
const table = section?.querySelector("table");
if (form && section && table) choose(form, section, table);
