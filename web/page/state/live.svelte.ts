/**
 * Server-sent events: one stream per browser, however many tabs are open.
 *
 * A browser has six HTTP/1.1 connections per host, so a stream per tab makes the seventh tab hang. One tab leads and passes on what
 * it hears by BroadcastChannel. Web Locks choose the leader; on plain http:// (no secure context) a lease in localStorage does.
 */
import type { Noun, Shapes } from '../api/shapes';
import { session } from './session.svelte';

type Message = { t: 'changed'; noun: Noun } | { t: 'all' } | ({ t: 'ready' } & Ready) | { t: 'state'; state: LiveState } | { t: 'warning'; warning: Warning } | { t: 'who' } | { t: 'retry' };
type Warning = Shapes['ServerWarning'] | undefined;
/** The first words of a stream: what changed between the mark it began with and the next one; unknown when it leaves that out. */
interface Ready {
  since: string;
  mark: string;
  changed?: Noun[];
}
export type LiveState = 'connecting' | 'live' | 'lost';

class Live {
  state = $state<LiveState>('connecting');
  /** That the server is about to end, when, and who wants that. */
  warning = $state.raw<Warning>();
  #stream: EventSource | undefined;
  #wait = FIRST_WAIT_MS;
  #leads = false;
  #started = false;
  #heard = new Set<(noun: Noun | undefined) => void>();
  #bus: BroadcastChannel | undefined;
  /** The server's place in its changes before this tab read anything that it has not read again since. */
  #mark = '';
  #id = Math.random().toString(36).slice(2);

  /** Begins to listen, when somebody is signed in. */
  start = () => {
    this.#mark = session.mark;
    if (this.#started) {
      if (this.#leads) this.#open();
      else this.#tell({ t: 'who' });
      return;
    }
    this.#started = true;
    this.#bus = new BroadcastChannel('timebook-live');
    this.#bus.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.t === 'changed') this.#emit(data.noun);
      else if (data.t === 'all') this.#emit(undefined);
      else if (data.t === 'ready') this.#catchUp(data);
      else if (data.t === 'state') this.state = data.state;
      else if (data.t === 'warning') this.warning = data.warning;
      else if (this.#leads && data.t === 'who') {
        this.#tell({ t: 'state', state: this.state });
        this.#tell({ t: 'warning', warning: this.warning });
      }
      else if (this.#leads && data.t === 'retry') this.#open();
    };
    if (navigator.locks) void navigator.locks.request('timebook-live', () => new Promise<never>(() => this.#lead()));
    else this.#lease();
    this.#tell({ t: 'who' });
    addEventListener('online', this.retry);
    // A stream that stands may not notice that the network is gone.
    addEventListener('offline', () => void session.knock());
  };

  /** Listens no more: nobody is signed in. */
  stop = () => {
    this.#stream?.close();
    this.#stream = undefined;
    this.state = 'connecting';
  };

  /** Connects at once instead of after the pause. */
  retry = () => {
    if (this.#leads) this.#open();
    else this.#tell({ t: 'retry' });
  };

  /** Calls when one of the nouns changed, or when anything may have (undefined); returns the way to stop. */
  on = (nouns: readonly Noun[], heard: () => void) => {
    const listener = (noun: Noun | undefined) => {
      if (noun === undefined || nouns.includes(noun)) heard();
    };
    this.#heard.add(listener);
    return () => void this.#heard.delete(listener);
  };

  #lease() {
    const beat = () => {
      let lease: { id: string; at: number } | null = null;
      try {
        lease = JSON.parse(localStorage.getItem(LEASE) ?? 'null');
        const mine = lease?.id === this.#id;
        if (mine || !lease || Date.now() - lease.at > STALE_MS) {
          localStorage.setItem(LEASE, JSON.stringify({ id: this.#id, at: Date.now() }));
          // Held for one beat: nobody else took it.
          if (mine && !this.#leads) this.#lead();
        } else if (this.#leads) {
          this.#leads = false;
          this.#stream?.close();
        }
      } catch {
        // Storage is switched off: this tab cannot know of others, and listens for itself.
        if (!this.#leads) this.#lead();
      }
    };
    beat();
    setInterval(beat, BEAT_MS);
    addEventListener('pagehide', () => {
      if (this.#leads) localStorage.removeItem(LEASE);
    });
  }

  #lead() {
    this.#leads = true;
    this.#open();
  }

  #open() {
    this.#stream?.close();
    const since = this.#mark;
    const stream = (this.#stream = new EventSource(`/api/v1/events?mark=${since}`));
    stream.addEventListener('ready', (event) => {
      this.#wait = FIRST_WAIT_MS;
      this.#be('live');
      session.stopped = false;
      // One that still counts is told next.
      this.#warn(undefined);
      const ready = { since, ...(JSON.parse((event as MessageEvent<string>).data) as Omit<Ready, 'since'>) };
      this.#tell({ t: 'ready', ...ready });
      this.#catchUp(ready);
    });
    stream.addEventListener('lagged', () => this.#pass(undefined));
    stream.addEventListener('changed', (event) => this.#pass((JSON.parse((event as MessageEvent<string>).data) as { noun: Noun }).noun));
    stream.addEventListener('server', (event) => this.#warn((JSON.parse((event as MessageEvent<string>).data) as Shapes['ServerStanding']).warning ?? undefined));
    stream.onerror = () => {
      this.#be('lost');
      this.#warn(undefined);
      // It may be the server, the network or the session: a call tells which. Not at once: a sign-out ends the stream, too.
      setTimeout(() => {
        if (this.#stream === stream) void session.knock();
      }, SOON_MS);
      // An answer that is no stream ends an EventSource for good; a broken connection it repairs itself.
      if (stream.readyState !== EventSource.CLOSED || !this.#leads) return;
      setTimeout(() => this.#stream === stream && this.#open(), this.#wait * (0.7 + Math.random() * 0.6));
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
  }

  /** Whatever happened while nobody listened: what changed is asked for again, and everything where that is not known. */
  #catchUp({ since, mark, changed }: Ready) {
    // A tab that read before the stream's mark was taken may have missed what the stream does not tell.
    const missed = since === this.#mark ? changed : undefined;
    this.#mark = mark;
    if (missed) for (const noun of missed) this.#emit(noun);
    else this.#emit(undefined);
  }

  #be(state: LiveState) {
    this.state = state;
    this.#tell({ t: 'state', state });
  }

  #warn(warning: Warning) {
    this.warning = warning;
    this.#tell({ t: 'warning', warning });
  }

  #pass(noun: Noun | undefined) {
    this.#tell(noun === undefined ? { t: 'all' } : { t: 'changed', noun });
    this.#emit(noun);
  }

  #tell(message: Message) {
    this.#bus?.postMessage(message);
  }

  #emit(noun: Noun | undefined) {
    for (const heard of [...this.#heard]) heard(noun);
  }
}

const LEASE = 'timebook-live';
const BEAT_MS = 1500;
const STALE_MS = 4500;
const SOON_MS = 400;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export const live = new Live();
