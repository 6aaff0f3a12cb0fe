// Keeps the page's own files, so that it opens while the server is away. Answers of the server are never kept here.
// The build fills in the two lines below (vite/worker.ts).
const VERSION = '';
const FILES = [];

const CACHE = `timebook-${VERSION}`;
/** A server that has not begun to answer by then is taken for away, when there is a page to show instead. */
const PATIENCE_MS = 4000;

addEventListener('install', (event) => {
  // All of a version or nothing: a page that finds half of its files is worse than none. `no-cache` asks the server whether a copy still counts.
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES.map((path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'no-cache' }))))
      .then(() => skipWaiting()),
  );
});

addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const ours = (await caches.keys()).filter((name) => name.startsWith('timebook-') && name !== CACHE);
      // The version before stays: a page that is still open may ask for its parts.
      await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
    })(),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || pathname.startsWith('/api/') || pathname === '/download') return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
  else if (pathname === '/theme.js' || pathname === '/favicon.svg') event.respondWith(fetch(request).catch(async (lost) => (await kept(pathname)) ?? Promise.reject(lost)));
});

/** From the server while it answers, so that a new version is there at once; else as it was. */
async function page(request) {
  const asked = fetch(request);
  const own = async () => (await caches.open(CACHE)).match('/');
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(own);
  // What a proxy says for a server that is away is no answer of ours.
  const answer = asked.then((response) => (response.status >= 502 && response.status <= 504 ? own().then((found) => found ?? response) : response));
  const first = await Promise.race([answer, late]).catch(own);
  return first ?? asked;
}

/** A file of this version, or of the one before. */
const kept = (path) => caches.match(path);
