/** Where what waits lies in this browser: one IndexedDB store. Where that is switched off, it lasts as long as the page. */
import type { Kept } from '../model/wish';

const NAME = 'timebook';
const STORE = 'outbox';
/** What could not be stored; a page that is closed then loses it, and the amber bar is still there. */
const here = new Map<string, Kept>();

export async function kept(): Promise<Kept[]> {
  const stored = await on<Kept[]>('readonly', (store) => store.getAll());
  return [...(stored ?? []), ...here.values()];
}

export async function keep(one: Kept): Promise<void> {
  // A plain copy: what the page holds may be a proxy.
  const plain = JSON.parse(JSON.stringify(one)) as Kept;
  if ((await on('readwrite', (store) => store.put(plain))) === undefined) here.set(one.key, plain);
}

export async function drop(key: string): Promise<void> {
  here.delete(key);
  await on('readwrite', (store) => store.delete(key));
}

/** Runs one request; undefined when the browser gives no storage. */
function on<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((resolve) => {
    let opening: IDBOpenDBRequest;
    try {
      opening = indexedDB.open(NAME, 1);
    } catch {
      return resolve(undefined);
    }
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'key' });
    opening.onerror = () => resolve(undefined);
    opening.onsuccess = () => {
      const base = opening.result;
      const work = base.transaction(STORE, mode);
      const asked = ask(work.objectStore(STORE));
      work.oncomplete = () => {
        base.close();
        resolve((asked.result ?? true) as T);
      };
      work.onabort = () => {
        base.close();
        resolve(undefined);
      };
    };
  });
}
