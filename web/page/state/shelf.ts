/** What lies in this browser, in IndexedDB: what waits for the server, and a copy of what was last seen, to begin with while it is away. */
import type { Kept } from '../model/wish';

const NAME = 'timebook';
const OUTBOX = 'outbox';
const COPIES = 'copies';
/** What could not be stored; a page that is closed then loses it, and the amber bar is still there. */
const here = new Map<string, Kept>();

export async function kept(): Promise<Kept[]> {
  const stored = await on<Kept[]>(OUTBOX, 'readonly', (store) => store.getAll());
  return [...(stored ?? []), ...here.values()];
}

export async function keep(one: Kept): Promise<void> {
  // A plain copy: what the page holds may be a proxy.
  const plain = JSON.parse(JSON.stringify(one)) as Kept;
  if ((await on(OUTBOX, 'readwrite', (store) => store.put(plain))) === undefined) here.set(one.key, plain);
}

export async function drop(key: string): Promise<void> {
  here.delete(key);
  await on(OUTBOX, 'readwrite', (store) => store.delete(key));
}

/** What was last seen under a name; undefined when there is nothing. */
export const copyOf = <T>(name: string): Promise<Copy<T> | undefined> => (WORTH_IT ? on<Copy<T> | undefined>(COPIES, 'readonly', (store) => store.get(of(name))) : Promise.resolve(undefined));

export async function keepCopy<T>(name: string, copy: Copy<T>): Promise<void> {
  if (WORTH_IT && owner !== '') await on(COPIES, 'readwrite', (store) => store.put(JSON.parse(JSON.stringify(copy)), of(name)));
}

/** Whose copies are kept and read from here on. */
export function copiesOf(id: string): void {
  owner = id;
}

/** Nobody is signed in any more: what they saw does not stay, also not what is still on its way. */
export async function dropCopies(): Promise<void> {
  owner = '';
  await on(COPIES, 'readwrite', (store) => store.clear());
}

/** A value, and when it came in milliseconds of the page's clock. */
export interface Copy<T> {
  at: number;
  data: T;
}

let owner = '';
/** Who was here last has one name for everybody; what they saw is theirs alone. */
const of = (name: string) => (name === USER ? name : `${owner}/${name}`);
export const USER = 'user';

/** Elsewhere the page itself cannot begin without the server. */
const WORTH_IT = globalThis.isSecureContext && 'serviceWorker' in navigator;

/** Runs one request; undefined when the browser gives no storage. */
function on<T>(name: string, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((resolve) => {
    let opening: IDBOpenDBRequest;
    try {
      opening = indexedDB.open(NAME, 2);
    } catch {
      return resolve(undefined);
    }
    opening.onupgradeneeded = () => {
      const base = opening.result;
      if (!base.objectStoreNames.contains(OUTBOX)) base.createObjectStore(OUTBOX, { keyPath: 'key' });
      base.createObjectStore(COPIES);
    };
    opening.onerror = () => resolve(undefined);
    opening.onsuccess = () => {
      const base = opening.result;
      const work = base.transaction(name, mode);
      const asked = ask(work.objectStore(name));
      work.oncomplete = () => {
        base.close();
        resolve((mode === 'readonly' ? asked.result : true) as T);
      };
      work.onabort = () => {
        base.close();
        resolve(undefined);
      };
    };
  });
}
