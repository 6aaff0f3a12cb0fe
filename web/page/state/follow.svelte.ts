/** Keeps a resource of a component fresh: loads it, and again when an event names one of its nouns. */
import { untrack } from 'svelte';
import type { Noun } from '../api/shapes';
import { live } from './live.svelte';
import { CALM_MS, lostPause, refreshing } from './refresh';
import { session } from './session.svelte';

/**
 * To be called while a component is set up. `ask` runs at once, when what it reads of the page's state changes, when one of the
 * nouns changes at the server, and after a lost connection. `nouns` may be empty.
 */
export function follow(ask: () => Promise<void>, nouns: readonly Noun[], track: () => unknown = () => undefined): void {
  // Without a session every answer would be a refusal: the password comes first, and then all of it is asked for again.
  const load = async () => {
    if (session.ended) return;
    const before = session.losses;
    await ask();
    missed = session.losses > before;
    // The server could not, or was found again before this one was done: another try tells whether it still misses something.
    clearTimeout(again);
    if (missed && session.lostAt === undefined) again = setTimeout(() => void load(), lostPause());
  };
  // What was not told is asked again when the server is there: that nothing changed meanwhile does not help it.
  let missed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    if (session.lostAt === undefined && missed) untrack(() => void load());
    return () => clearTimeout(again);
  });
  $effect(() => {
    track();
    void session.ended;
    untrack(() => void load());
  });
  $effect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      clearTimeout(soon);
      // Several changes often come together (an import, a week that is submitted): one look is enough.
      soon = setTimeout(() => void load(), TOGETHER_MS);
    };
    const stop = live.on(nouns, later);
    // Without a stream (a proxy that holds it back, say) the page still looks by itself now and then.
    let first = true;
    const stopLooking = untrack(() => refreshing(async () => {
      if (first) first = false;
      else if (live.state !== 'live') await load();
    }, () => (session.lostAt === undefined ? CALM_MS : lostPause())));
    return () => {
      clearTimeout(soon);
      stop();
      stopLooking();
    };
  });
}

const TOGETHER_MS = 120;
