/** Calls again and again while the page is visible, and at once when it becomes visible or the network returns. */

/** Starts; returns the way to stop. `pause` gives the wait in milliseconds before each round, so that it may change. */
export function refreshing(round: () => Promise<void>, pause: () => number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const wait = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(go, pause());
  };
  const go = () => {
    clearTimeout(timer);
    // A hidden tab asks nothing; becoming visible starts it again.
    if (!stopped && document.visibilityState === 'visible') void round().finally(wait);
  };
  document.addEventListener('visibilitychange', go);
  addEventListener('online', go);
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', go);
    removeEventListener('online', go);
  };
}

/**
 * The same, asked for by changes only and at most once in `ms`: for what is dear to add up, in an office where something changes all the
 * time. The first call, when a page opens, does nothing: the page asks for itself.
 */
export function calmly(ask: () => Promise<void>, ms: number): () => Promise<void> {
  let opened = false;
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (opened) {
      timer ??= setTimeout(() => {
        timer = undefined;
        next = Date.now() + ms;
        void ask();
      }, Math.max(0, next - Date.now()));
    }
    opened = true;
    return Promise.resolve();
  };
}

/** Between two looks at a page that is simply open. */
export const CALM_MS = 30_000;
/** While someone waits for a computer to call in. */
export const EAGER_MS = 3_000;
/** While the server is away; the chance in it keeps a whole office from knocking at the same moment. */
export const lostPause = (): number => 4_000 + Math.random() * 4_000;
