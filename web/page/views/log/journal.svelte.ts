/** The part of the audit log that is on the page: grows at the top while somebody follows, and at the bottom on request. */
import { caughtUp, END, fits, type AskAudit, type AuditEntry, type LogFilter } from '../../model/audit';
import { clock } from '../../state/clock.svelte';
import { Resource } from '../../state/resource.svelte';
import { session } from '../../state/session.svelte';

const PAGE = 200;
/** So many older entries are looked through at once for those that fit. */
const MOST_AT_ONCE = 10_000;
/** The most a question may bring. */
const STRIDE = 1000;
const ENOUGH = 30;

export const ask: AskAudit = async (place, limit) => (await session.call('GET', '/audit', { query: { ...placed(place), limit: String(limit) } })).items;
const placed = (place: Parameters<AskAudit>[0]) => ('after' in place ? { after: String(place.after) } : { before: String(place.before) });

export class Journal {
  /** Newest first. */
  readonly list: Resource<AuditEntry[]>;
  looking = $state(false);
  /** What came after this is not shown yet; undefined while one follows live. */
  heldAt = $state<number>();
  #known: AuditEntry[] = [];

  constructor() {
    this.list = new Resource(this.#newest, () => clock.now);
  }

  get oldest(): AuditEntry | undefined {
    return this.list.data?.at(-1);
  }

  /** Holds what comes from now on back, or shows it. */
  hold = (on: boolean) => {
    this.heldAt = on ? (this.list.data?.[0]?.seq ?? 0) : undefined;
  };

  shown = (filter: LogFilter): AuditEntry[] => (this.list.data ?? []).filter((entry) => entry.seq <= (this.heldAt ?? Infinity) && fits(entry, filter));

  waiting = (filter: LogFilter): number => (this.list.data ?? []).filter((entry) => entry.seq > (this.heldAt ?? Infinity) && fits(entry, filter)).length;

  /** Looks further back until some more fit. */
  older = async (filter: LogFilter): Promise<void> => {
    if (this.looking) return;
    this.looking = true;
    try {
      let found = 0;
      for (let looked = 0; looked < MOST_AT_ONCE && found < ENOUGH; looked += STRIDE) {
        const more = await ask({ before: this.#known.at(-1)?.seq ?? END }, STRIDE);
        if (more.length === 0) break;
        found += more.filter((entry) => fits(entry, filter)).length;
        this.#known = [...this.#known, ...more];
        this.list.data = this.#known;
      }
    } finally {
      this.looking = false;
    }
  };

  #newest = async (): Promise<AuditEntry[]> => {
    this.#known = await caughtUp(ask, this.#known, PAGE);
    return this.#known;
  };
}
