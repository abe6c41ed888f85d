// The ten probabilities, with the scores (logits) that they come from.

import { make, writeText } from "../shared/elements.js";

export function createBars() {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = make("span");
    const percent = make("span");
    const score = make("span", { className: "digit-muted" });
    const item = make("li", {}, make("b", { textContent: digit }),
      make("span", { className: "digit-track", ariaHidden: "true" }, bar), percent, score);
    return { bar, percent, score, item };
  });
  const element = make("div", { className: "digit-bars" },
    make("p", { className: "digit-muted", textContent: "Digit, probability, and score (logit)" }),
    make("ol", {}, ...rows.map(({ item }) => item)));
  return {
    element,
    /** @param {Float64Array} probabilities @param {Float64Array | Float32Array} scores */
    show(probabilities, scores) {
      rows.forEach(({ bar, percent, score }, digit) => {
        const p = probabilities[digit];
        bar.style.width = `${(100 * p).toFixed(1)}%`;
        writeText(percent, `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)} %`);
        writeText(score, scores[digit].toFixed(2).replace("-", "−"));
        score.dataset.score = String(scores[digit]); // all digits, for tests and the curious
      });
    },
  };
}
