/** Has the browser keep the page's own files, so that it opens while the server is away (`public/worker.js`). */

/** The only address that is ever run as a worker; the page's policy wants it said so. */
const ADDRESS = '/worker.js';
interface Trusted {
  createPolicy(name: string, rules: { createScriptURL: () => string }): { createScriptURL(address: string): string };
}
let asked = false;

export async function keepPage(): Promise<void> {
  if (asked || !import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return;
  asked = true;
  const { trustedTypes } = globalThis as { trustedTypes?: Trusted };
  const address = trustedTypes?.createPolicy('timebook-worker', { createScriptURL: () => ADDRESS }).createScriptURL(ADDRESS) ?? ADDRESS;
  try {
    await navigator.serviceWorker.register(address, { updateViaCache: 'none' });
  } catch {
    // The certificate is not trusted yet, or the browser is told to keep nothing: the page then needs the server to open, as ever.
  }
}
