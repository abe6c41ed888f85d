// Who scrolls up on a long page may want to go on to its top. On a wide screen the contents stand
// beside the page, and the theme hides the button.

const button = document.getElementById("pst-back-to-top");
let last = 0;
addEventListener("scroll", () => {
  button?.style.setProperty("display", scrollY < last && scrollY > 100 ? "block" : "none");
  last = scrollY;
}, { passive: true });
button?.addEventListener("click", () => scrollTo(0, 0));
