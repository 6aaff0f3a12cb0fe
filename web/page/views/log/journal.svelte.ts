/** The part of the audit log that is on the page: grows at the top while somebody follows, and at the bottom on request. */
import { before, fits, lastSeq, type AuditEntry, type LogFilter } from '../../model/audit';
import { clock } from '../../state/clock.svelte';
import { Resource } from '../../state/resource.svelte';
import { session } from '../../state/session.svelte';

const PAGE = 200;
/** So many older entries are looked through at once for those that fit. */
const MOST_AT_ONCE = 2000;
const ENOUGH = 30;

const ask = async (after: number, limit: number): Promise<AuditEntry[]> => (await session.call('GET', '/audit', { query: { after: String(after), limit: String(limit) } })).items;

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
      for (let looked = 0; looked < MOST_AT_ONCE && found < ENOUGH; looked += PAGE) {
        const more = await before(ask, this.#known.at(-1)?.seq ?? 0, PAGE);
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
    const top = this.#known[0]?.seq ?? 0;
    const last = await lastSeq(ask, top);
    if (last < top || last - top > PAGE) this.#known = await before(ask, last + 1, PAGE);
    else if (last > top) this.#known = [...(await before(ask, last + 1, last - top)), ...this.#known];
    return this.#known;
  };
}
