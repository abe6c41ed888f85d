// What opens the search, on every page. The search itself and its index are loaded when a reader
// asks: as classic scripts, because a page from the disk may load nothing else.

const site = /** @type {import("./index.js").SearchWindow} */ (window);
const root = document.documentElement.dataset.content_root ?? "./";

/** @param {string} path of a script, from the site's root */
function load(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = root + path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} could not be loaded`));
    document.head.append(script);
  });
}

/** @type {Promise<unknown> | null} */
let loaded = null;

/** @param {HTMLFormElement} form to bring to life, once */
async function begin(form) {
  if ("ready" in form.dataset) return;
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = "Loading …";
  loaded ??= Promise.all([load("_search/data.js"), load("_static/search.js")]);
  try {
    await loaded;
  } catch {
    loaded = null;
    if (status) status.textContent = "The search could not be loaded. Try again.";
    return;
  }
  if ("ready" in form.dataset) return;
  form.dataset.ready = "";
  await site.startSearch?.(form, root);
}

/** @type {HTMLFormElement | null} */
const page = document.querySelector(".search-page form.site-search");
/** @type {HTMLDialogElement | null} */
const dialog = document.querySelector("#pst-search-dialog");
const form = page ?? dialog?.querySelector("form");

function open() {
  if (!form) return;
  if (!page && !dialog?.open) dialog?.showModal();
  const input = form.querySelector("input");
  input?.focus();
  input?.select();
  begin(form);
}

// Before the theme's own listeners, which know another dialog.
addEventListener("keydown", event => {
  const modified = (event.ctrlKey !== event.metaKey) && !event.shiftKey && !event.altKey;
  if (!modified || event.key.toLowerCase() !== "k" || !form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (dialog?.open) dialog.close(); else open();
}, true);
document.addEventListener("click", event => {
  const { target } = event;
  if (!(target instanceof Element)) return;
  if (target.closest(".search-button__button")) {
    event.stopImmediatePropagation();
    open();
  } else if (target === dialog || target.closest(".site-search-close")) {
    dialog?.close(); // a click beside the form is one on the dialog
  }
}, true);
if (page) open();

export {};
