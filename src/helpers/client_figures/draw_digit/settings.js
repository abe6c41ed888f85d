// The controls: network, test image, shift, tools and buttons. They know nothing of the network.

import { BLOCK } from "./bitmap.js";
import { rangeField } from "./dom.js";
import { make, makeButton, writeText } from "../shared/elements.js";
import { TOOLS, withArticle } from "./state.js";

/** @param {number} dots @returns {string} a shift in dots as pixels of the network: "+1¼ pixels" */
function pixels(dots) {
  const [whole, part] = [Math.floor(Math.abs(dots) / BLOCK), Math.abs(dots) % BLOCK];
  const number = `${whole || !part ? whole : ""}${["", "¼", "½", "¾"][part]}`;
  const sign = dots < 0 ? "−" : "+";
  return `${dots ? sign : ""}${number} ${Math.abs(dots) === BLOCK ? "pixel" : "pixels"}`;
}

/**
 * @param {(changes: Record<string, unknown>) => void} onChange receives the model's keys
 * @param {Record<"clear" | "fit" | "mistake" | "play", () => void>} actions
 */
export function createSettings(onChange, actions) {
  const select = make("select");
  select.addEventListener("change", () => onChange({ network: select.value }));
  const picture = rangeField("Test image", number =>
    onChange({ picture: number, drawing: "", right: 0, down: 0 }));
  const right = rangeField("Shift right", dots => onChange({ right: dots }));
  const down = rangeField("Shift down", dots => onChange({ down: dots }));
  const group = `digit-tool-${Math.random().toString(36).slice(2)}`; // figures do not share it
  const tools = Object.entries(TOOLS).map(([value, title]) => {
    const input = make("input", { type: "radio", name: group, value });
    input.addEventListener("change", () => onChange({ tool: value }));
    return { input, label: make("label", {}, input, make("span", { textContent: title })) };
  });
  const play = makeButton("Play", actions.play);
  play.title = "Moves the picture around by one pixel";
  const element = make("div", { className: "digit-settings" },
    make("label", {}, make("span", { textContent: "Network" }), select),
    picture.field, right.field, down.field);
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "Settings");
  return {
    element,
    tools: make("fieldset", { className: "digit-tools" },
      make("legend", { textContent: "On the pad" }), ...tools.map(({ label }) => label)),
    buttons: make("div", { className: "digit-row" }, play, makeButton("Clear", actions.clear),
      makeButton("Fit to the frame", actions.fit), makeButton("Next mistake", actions.mistake)),
    /** @param {import("./state.js").DigitState} state @param {boolean} playing */
    show(state, playing) {
      const { networks, labels } = state.data;
      if (select.length !== networks.length) {
        select.replaceChildren(...networks.map(({ name }) =>
          make("option", { value: name, textContent: name })));
      }
      select.value = state.network.name;
      const label = state.drawn ? "your drawing"
        : `no. ${state.picture + 1}: ${withArticle(labels[state.picture])}`;
      picture.show(state.picture, 0, labels.length - 1, label);
      right.show(state.right, -state.reach, state.reach, pixels(state.right));
      down.show(state.down, -state.reach, state.reach, pixels(state.down));
      for (const { input } of tools) input.checked = input.value === state.tool;
      writeText(play, playing ? "Pause" : "Play");
    },
  };
}
