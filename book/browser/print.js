// Paper is always light. The rest is in print.css, and the addresses of figures in figure_state.js.

const root = document.documentElement;
let theme = ""; // on the screen

function begin() {
  if (root.dataset.theme === "light") return;
  theme = root.dataset.theme ?? "";
  root.dataset.theme = "light";
}

function end() {
  if (theme) root.dataset.theme = theme;
  theme = "";
  root.classList.remove("turned");
}

addEventListener("beforeprint", () => {
  begin();
  // No frame comes in which a canvas could be painted anew.
  if (theme === "dark") root.classList.add("turned");
});
addEventListener("afterprint", end);
// A preview of the print style, in developer tools, sends no event.
matchMedia("print").addEventListener("change", ({ matches }) => {
  if (matches) begin(); else end();
});
