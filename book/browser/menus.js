// What the pages need of Bootstrap: menus in the header, and the way back to the top.

/** @type {NodeListOf<HTMLElement>} */
const toggles = document.querySelectorAll(".dropdown > [data-bs-toggle=dropdown]");
for (const toggle of toggles) {
  const menu = /** @type {HTMLElement} */ (toggle.parentElement);
  /** @param {boolean} open */
  const show = open => {
    toggle.setAttribute("aria-expanded", String(open));
    // The theme's style shows the list behind a button that is shown.
    toggle.classList.toggle("show", open);
  };
  toggle.addEventListener("click", () => show(!toggle.classList.contains("show")));
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    show(false);
    toggle.focus();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(/** @type {Node | null} */ (relatedTarget))) show(false);
  });
}

// Who scrolls up on a long page may want to go on to its top.
const top = document.getElementById("pst-back-to-top");
let last = 0;
addEventListener("scroll", () => {
  top?.style.setProperty("display", scrollY < last && scrollY > 100 ? "block" : "none");
  last = scrollY;
}, { passive: true });
top?.addEventListener("click", () => scrollTo(0, 0));
