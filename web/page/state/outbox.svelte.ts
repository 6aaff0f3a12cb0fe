/** Changes of one's time: done at once when the server answers, kept in this browser and sent later when it does not. */
import { onceKey } from '../api/client';
import { Refused, Unreachable } from '../api/problem';
import type { Entry } from '../api/shapes';
import { after, overlaid, PENDING, type Kept, type Wish } from '../model/wish';
import { rest } from '../rest';
import { t } from '../text';
import { clock } from './clock.svelte';
import { session } from './session.svelte';
import { drop, keep, kept } from './shelf';
import { toasts } from './toasts.svelte';

class Outbox {
  /** What waits, the oldest first. */
  kept = $state.raw<Kept[]>([]);
  #sending = false;
  /** What the server made of what was only here, by the id it had here: a dialog may still show that. */
  #made = new Map<string, Entry>();
  #bus = new BroadcastChannel('timebook-outbox');

  constructor() {
    this.#bus.onmessage = () => void this.load();
  }

  /** Reads what an earlier visit left. */
  load = async () => {
    const person = session.user?.id;
    this.kept = (await kept()).filter((one) => one.person === person).sort((a, b) => a.at - b.at || a.key.localeCompare(b.key));
  };

  /** The entries as if everything that waits were done. */
  over = (entries: readonly Entry[]): Entry[] => overlaid(entries, this.kept, session.user?.id ?? '');

  /** Does it, or keeps it when nothing answers. Throws `Refused`. Answers with what the server made of it; undefined when it waits. */
  wish = async (wish: Wish): Promise<Entry | undefined> => {
    const made = wish.kind === 'change' || wish.kind === 'remove' ? this.#made.get(wish.was.id) : undefined;
    // Two may be wished within one tick of the clock: their order is the order they are sent in, also after a reload.
    const at = Math.max(clock.now, (this.kept.at(-1)?.at ?? 0) + 1);
    const one: Kept = { key: onceKey(), person: session.user?.id ?? '', at, wish: made ? ({ ...wish, was: made } as Wish) : wish };
    // Behind what waits already: the order is part of what was wanted.
    if (this.kept.length === 0) {
      try {
        return await send(one);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
      }
    }
    this.kept = [...this.kept, one];
    await keep(one);
    this.#bus.postMessage('kept');
    return undefined;
  };

  /** Sends what waits, one after the other; stops when nothing answers. */
  replay = async () => {
    if (this.#sending || this.kept.length === 0) return;
    this.#sending = true;
    try {
      // Only one tab asks “theirs or mine”; without locks each may try: the key makes the second a repetition.
      if (navigator.locks) await navigator.locks.request('timebook-outbox', { ifAvailable: true }, async (lock) => (lock ? this.#all() : undefined));
      else await this.#all();
    } finally {
      this.#sending = false;
    }
  };

  async #all() {
    let sent = 0;
    for (let one = this.kept[0]; one; one = this.kept[0]) {
      try {
        const made = await settled(one);
        sent++;
        if (made) await this.#rebase(one, made);
      } catch (error) {
        if (error instanceof Unreachable) break;
        if (!(error instanceof Refused)) throw error;
        if (error.problem.status === 401) break;
        toasts.say(`${t.outbox.refused((await rest()).wishes.nameOf(one.wish))} ${error.problem.detail} ${error.problem.next}`, { kind: 'bad' });
      }
      const { key } = one;
      this.kept = this.kept.filter((other) => other.key !== key);
      await drop(key);
      this.#bus.postMessage('sent');
    }
    if (sent > 0) toasts.say(t.outbox.sent(sent));
  }

  /** What waits behind it and is about the same entry goes on from what the server made of it. Kept before the wish goes: a page that is closed in between sends it once more, and gets the same answer. */
  async #rebase(one: Kept, made: Entry) {
    this.#made.set(PENDING + one.key, made);
    const kept = this.kept.map((later) => after(later, one, made));
    await Promise.all(kept.filter((later, i) => later !== this.kept[i]).map(keep));
    // Meanwhile somebody may have wished for more.
    this.kept = this.kept.map((later) => after(later, one, made));
  }
}

/** Sends a wish; where somebody else was faster, asks whose version stays. */
async function settled(one: Kept): Promise<Entry | undefined> {
  try {
    return await send(one);
  } catch (error) {
    const wish = one.wish;
    if (!(error instanceof Refused) || error.problem.status !== 412 || (wish.kind !== 'change' && wish.kind !== 'remove')) throw error;
    return (await rest()).wishes.clash(wish);
  }
}

/** Sends what was wished. Throws `Refused` and `Unreachable`. */
export function send({ key, wish }: Kept): Promise<Entry | undefined> {
  switch (wish.kind) {
    case 'start':
      return session.call('POST', '/timer', { body: wish.fields, once: key });
    case 'stop':
      return session.call('POST', '/timer/stop', { body: { end: wish.end }, once: key });
    case 'add':
      return session.call('POST', '/entries', { body: wish.fields, once: key });
    case 'change':
      return session.call('PUT', '/entries/{id}', { path: { id: wish.was.id }, body: wish.fields, ifMatch: wish.was.version, once: key });
    case 'remove':
      return session.call('DELETE', '/entries/{id}', { path: { id: wish.was.id }, ifMatch: wish.was.version, once: key }) as Promise<undefined>;
  }
}

export const outbox = new Outbox();
