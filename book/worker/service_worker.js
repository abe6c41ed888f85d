// Keeps what was read, so that it can be read again without a network: pages, and what they load.
//
// The network is asked first, because a page and its style must be of one build. Only files whose
// address changes with their content come from what is kept. A new build has a new worker, which
// renews what the last one kept.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const VERSION = "unbuilt"; // the build writes here what its files have in common with no other's
const scope = worker.registration.scope;
const MINE = `book ${scope} `; // other sites on this host have caches of their own
const CACHE = MINE + VERSION;
const MISSING = `${scope}404.html`;
const FIXED = /\/_frames\/|\?v=/;
const PATIENCE = 4000; // milliseconds until a slow network loses against what is kept

/** @param {string} address @param {boolean} [isPage] @returns {string} under which it is kept */
function keyOf(address, isPage = false) {
  const url = new URL(address);
  url.hash = "";
  if (isPage) url.search = "";
  if (url.pathname.endsWith("/")) url.pathname += "index.html";
  return url.href;
}

/** @returns {Promise<string[]>} the caches of other builds, the newest first */
async function others() {
  const names = await caches.keys();
  return names.filter(name => name.startsWith(MINE) && name !== CACHE).reverse();
}

/** @param {string} key @returns {Promise<Response | undefined>} */
async function find(key) {
  for (const name of [CACHE, ...await others()]) {
    const found = await (await caches.open(name)).match(key);
    if (found) return found;
  }
}

/** @param {string} key @param {Response} response */
async function put(key, response) {
  if (response.status === 200 && !response.redirected) {
    await (await caches.open(CACHE)).put(key, response);
  }
}

/** @param {string[]} addresses of pages that were read, and of what they loaded before */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  for (const address of addresses) {
    const key = keyOf(address);
    if (!key.startsWith(scope) || await cache.match(key)) continue;
    try {
      await put(key, await fetch(key));
    } catch {
      // Without a network there is a next time.
    }
  }
}

/** Brings what other builds kept to this one. A file that the site has no more is dropped. */
async function renew() {
  const cache = await caches.open(CACHE);
  for (const name of await others()) {
    const old = await caches.open(name);
    for (const { url } of await old.keys()) {
      if (await cache.match(url)) continue;
      try {
        await put(url, await fetch(url, { cache: "no-cache" }));
      } catch {
        return; // the rest is found where it is, and renewed when there is a network
      }
    }
    await caches.delete(name);
  }
}

/** @returns {Promise<Response>} in place of a page that is not kept */
async function missing() {
  const page = await (await find(MISSING))?.text();
  if (page === undefined) return Response.error();
  const html = page.replace("<html", "<html data-offline")
    .replace(/<base [^>]*>/, `<base href="${scope}">`);
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** @param {FetchEvent} event @returns {Promise<Response>} */
async function respond(event) {
  const { request } = event;
  const isPage = request.mode === "navigate";
  const key = keyOf(request.url, isPage);
  const kept = await find(key);
  if (kept && FIXED.test(key)) return kept;
  const arriving = fetch(request).then(async response => {
    event.waitUntil(put(key, response.clone()));
    return response;
  });
  event.waitUntil(arriving.catch(() => {}));
  const late = kept && new Promise(resolve => { setTimeout(resolve, PATIENCE, kept); });
  try {
    return await (late ? Promise.race([arriving, late]) : arriving);
  } catch {
    return kept ?? (isPage ? missing() : Response.error());
  }
}

worker.addEventListener("install", event => {
  event.waitUntil(keep([MISSING]).then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", event => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", event => event.waitUntil(keep(event.data).then(renew)));
worker.addEventListener("fetch", event => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(scope)) event.respondWith(respond(event));
});
