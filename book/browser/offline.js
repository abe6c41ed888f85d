// Registers what keeps the pages that were read (book/worker), where they come from a server.

/** @param {ServiceWorkerContainer} container */
async function keepWhatIsRead(container) {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  await container.register(new URL("service_worker.js", root));
  const { active } = await container.ready;
  // Of a first visit it has seen nothing; and who comes back begins at the first page.
  /** @type {HTMLAnchorElement | null} */
  const first = document.querySelector("a.navbar-brand");
  const loaded = performance.getEntriesByType("resource").map(entry => entry.name);
  active?.postMessage([location.href.split(/[?#]/)[0], ...(first ? [first.href] : []), ...loaded]);
}

// A program that drives the browser, such as a test, is to see what the site has now. Browsers that
// store nothing refuse the registration; then nothing is kept.
if (location.protocol.startsWith("http") && "serviceWorker" in navigator && !navigator.webdriver) {
  keepWhatIsRead(navigator.serviceWorker).catch(() => {});
}
