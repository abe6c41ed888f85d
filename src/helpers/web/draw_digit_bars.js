// The ten probabilities, with the scores (logits) that they come from.

import { node, setText } from "./draw_digit_dom.js";

export function createBars() {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = node("span");
    const percent = node("span");
    const score = node("span", { className: "digit-muted" });
    const item = node("li", {}, node("b", { textContent: digit }),
      node("span", { className: "digit-track", ariaHidden: "true" }, bar), percent, score);
    return { bar, percent, score, item };
  });
  const element = node("div", { className: "digit-bars" },
    node("p", { className: "digit-muted", textContent: "Digit, probability, and score (logit)" }),
    node("ol", {}, ...rows.map(({ item }) => item)));
  return {
    element,
    show(probabilities, scores) {
      rows.forEach(({ bar, percent, score }, digit) => {
        const p = probabilities[digit];
        bar.style.width = `${(100 * p).toFixed(1)}%`;
        setText(percent, `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)} %`);
        setText(score, scores[digit].toFixed(2).replace("-", "−"));
        score.dataset.score = scores[digit]; // all digits, for tests and the curious
      });
    },
  };
}
