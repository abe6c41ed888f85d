// Registers what keeps the pages that were read (book/worker), where they come from a server.

/** @param {ServiceWorkerContainer} container */
async function keepWhatIsRead(container) {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  await container.register(new URL("service_worker.js", root));
  const { active } = await container.ready;
  // Of a first visit it has seen nothing; and who comes back begins at the first page.
  /** @type {HTMLAnchorElement | null} */
  const first = document.querySelector("a.navbar-brand");
  active?.postMessage([location.href.split(/[?#]/)[0], ...(first ? [first.href] : [])]);
  // Also what is still on its way: it arrives after the worker has begun, but not through it.
  new PerformanceObserver(list => {
    const entries = /** @type {PerformanceResourceTiming[]} */ (list.getEntries());
    const missed = entries.filter(({ workerStart }) => !workerStart).map(({ name }) => name);
    if (missed.length) active?.postMessage(missed);
  }).observe({ type: "resource", buffered: true });
}

// A program that drives the browser, such as a test, is to see what the site has now. Browsers that
// store nothing refuse the registration; then nothing is kept.
if (location.protocol.startsWith("http") && "serviceWorker" in navigator && !navigator.webdriver) {
  keepWhatIsRead(navigator.serviceWorker).catch(() => {});
}
