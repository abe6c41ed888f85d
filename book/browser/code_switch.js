// How much code a page shows: none, the key code (what the lesson is about), or all. The choice is
// kept in this browser and holds on every page; the head of the page applies it before the first
// picture (templates/static/webpack-macros.html), and css/code.css hides what it hides.

const KEY = "code";
const FIRST = "key";
const root = document.documentElement;

/** @param {string} amount none, key or all */
function show(amount) {
  root.dataset.code = amount;
  for (const fold of document.querySelectorAll("details.hide.above-input, details.key-code")) {
    // What a figure is drawn with opens for "all" alone, key code closes for "none" alone.
    const { classList } = fold;
    fold.toggleAttribute("open", classList.contains("key-code") ? amount !== "none" : amount === "all");
  }
}

/** @param {string} amount */
function keep(amount) {
  try {
    localStorage.setItem(KEY, amount);
  } catch {
    // A browser that stores nothing shows it on this page only.
  }
}

/** @type {HTMLSelectElement | null} */
const choice = document.querySelector(".code-switch select");
if (choice) {
  const kept = root.dataset.code ?? FIRST;
  choice.value = kept;
  if (kept !== FIRST) show(kept);
  choice.addEventListener("change", () => {
    // What is being read stays where it is while code above it comes or goes.
    const reading = document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest("section > *");
    const before = reading?.getBoundingClientRect().top ?? 0;
    show(choice.value);
    keep(choice.value);
    if (reading?.checkVisibility()) {
      scrollBy({ top: reading.getBoundingClientRect().top - before, behavior: "instant" });
    }
  });
}
