// On a phone the contents of the book, and those of the page, open over the page. They close when a
// link in them is followed, also to a place on the same page, and give the focus back otherwise.

const LISTS = [
  { dialog: "pst-primary-sidebar-modal", button: ".primary-toggle", name: "Contents of the book" },
  { dialog: "pst-secondary-sidebar-modal", button: ".secondary-toggle", name: "On this page" },
];

for (const { dialog: id, button: selector, name } of LISTS) {
  const dialog = document.getElementById(id);
  /** @type {HTMLElement | null} */
  const button = document.querySelector(selector);
  if (!(dialog instanceof HTMLDialogElement) || !button) continue;
  dialog.ariaLabel = name;
  let followed = false;
  dialog.addEventListener("click", event => {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey; // a tab of its own
    if (elsewhere || !(event.target instanceof Element)) return;
    followed = Boolean(event.target.closest("a[href], .search-button__button"));
    if (followed) dialog.close();
  });
  // The theme takes the focus from the button when it is pressed, so that none would come back.
  dialog.addEventListener("close", () => {
    if (!followed) button.focus();
    followed = false;
  });
}
