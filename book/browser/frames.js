// The frames of an exploration: lists of SVG elements, in one file in which each stands once.

import { make } from "../../src/helpers/client_figures/shared/elements.js";

/**
 * All frames: the elements, which of them each frame has (first, count, first, count, …), and the
 * letters that they need besides those on the page.
 * @typedef {{elements: string[], frames: number[][], glyphs: Record<string, string>}} Frames
 */

const SVG = "http://www.w3.org/2000/svg";

/** @type {Window & {figureFrames?: Record<string, Frames>}} */
const page = window;
const arrived = page.figureFrames ??= {}; // by the name of the file that puts them here

/**
 * Fetch frames with a classic script, the one way that is also open to pages on a disk.
 * @param {string} address
 * @returns {Promise<Frames>}
 */
export function fetchFrames(address) {
  return new Promise((resolve, reject) => {
    const name = address.replace(/^.*\/|\.js.*$/g, "");
    const script = make("script", { src: address });
    script.addEventListener("load", () => {
      script.remove();
      if (arrived[name]) resolve(arrived[name]); else reject(new Error(`${address} is no figure`));
    });
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error(`${address} could not be loaded`));
    });
    document.head.append(script);
  });
}

/** @param {Record<string, string>} glyphs letters that no figure of the page has had yet */
export function addGlyphs(glyphs) {
  let sheet = document.querySelector("svg.glyphs defs");
  if (!sheet) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "glyphs");
    svg.setAttribute("aria-hidden", "true");
    sheet = document.createElementNS(SVG, "defs");
    svg.append(sheet);
    document.body.prepend(svg);
  }
  for (const [id, data] of Object.entries(glyphs)) {
    if (document.getElementById(id)) continue;
    const path = document.createElementNS(SVG, "path");
    path.id = id;
    path.setAttribute("d", data);
    sheet.append(path);
  }
}

/**
 * Paints frames into a group of SVG elements: puts those of the new frame in the place of those that
 * are gone, and leaves alone what both have.
 */
export class Canvas {
  /** @param {Element} group shows the frame `first` @param {Frames} frames @param {number} first */
  constructor(group, frames, first) {
    this.group = group;
    this.frames = frames;
    /** @type {Map<string, Element>} by the element's number, and which of its kind it is */
    this.nodes = new Map();
    [...this.keys(first)].forEach((key, i) => this.nodes.set(key, group.children[i]));
  }

  /** @param {number} frame */
  *keys(frame) {
    const runs = this.frames.frames[frame];
    const seen = new Map();
    for (let run = 0; run < runs.length; run += 2) {
      for (let number = runs[run]; number < runs[run] + runs[run + 1]; number++) {
        const times = seen.get(number) ?? 0;
        seen.set(number, times + 1);
        yield times ? `${number}:${times}` : String(number);
      }
    }
  }

  /** @param {string[]} keys */
  make(keys) {
    const missing = keys.filter(key => !this.nodes.has(key));
    const parsed = document.createElementNS(SVG, "g");
    parsed.innerHTML = missing.map(key => this.frames.elements[parseInt(key, 10)]).join("");
    // Their number is that of the keys, because each element is one of SVG's.
    [...parsed.children].forEach((node, i) => this.nodes.set(missing[i], node));
  }

  /** @param {number} frame */
  paint(frame) {
    const keys = [...this.keys(frame)];
    this.make(keys);
    const wanted = keys.map(key => /** @type {Element} */ (this.nodes.get(key)));
    const kept = new Set(wanted);
    for (const node of [...this.group.children]) if (!kept.has(node)) node.remove();
    let place = this.group.firstElementChild;
    for (const node of wanted) {
      if (node === place) place = place.nextElementSibling;
      else this.group.insertBefore(node, place);
    }
  }
}
