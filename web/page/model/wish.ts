/** Changes of one's time that wait for the server, and what the page shows as if they were done. Pure. */
import type { Entry, EntryFields, Shapes } from '../api/shapes';

export type Wish =
  | { kind: 'start'; fields: Shapes['TimerFields'] & { start: string } }
  | { kind: 'stop'; end: string }
  | { kind: 'add'; fields: EntryFields }
  | { kind: 'change'; was: Entry; fields: EntryFields }
  | { kind: 'remove'; was: Entry };

/** A wish as it is kept: its key also names it at the server, so that sending it twice does it once. */
export interface Kept {
  key: string;
  /** Whose: another person who signs in on this browser does not send it. */
  person: string;
  at: number;
  wish: Wish;
}

export const PENDING = 'pending-';
/** Whether an entry is only on this device, or differs there from what the server has. */
export const isPending = (entry: Entry, kept: readonly Kept[]): boolean => entry.id.startsWith(PENDING) || kept.some(({ wish }) => (wish.kind === 'change' || wish.kind === 'remove') && wish.was.id === entry.id);

/** The entries as if every wish were done, the last begin first. */
export function overlaid(entries: readonly Entry[], kept: readonly Kept[], person: string): Entry[] {
  let list = [...entries];
  for (const { key, at, wish } of kept) {
    const made = new Date(at).toISOString();
    if (wish.kind === 'stop' || wish.kind === 'start') {
      const end = wish.kind === 'stop' ? wish.end : wish.fields.start;
      list = list.map((entry) => (entry.end == null ? { ...entry, end } : entry));
    }
    if (wish.kind === 'start' || wish.kind === 'add') list.push(local(PENDING + key, made, person, wish.fields));
    else if (wish.kind === 'change') list = list.map((entry) => (entry.id === wish.was.id ? changed(entry, wish.fields) : entry));
    else if (wish.kind === 'remove') list = list.filter((entry) => entry.id !== wish.was.id);
  }
  return list.sort((a, b) => b.start.localeCompare(a.start));
}

/** A wish that came after another one that is done now: it is about what the server made of that. */
export function after(later: Kept, { key }: Kept, made: Entry): Kept {
  const { wish } = later;
  if ((wish.kind !== 'change' && wish.kind !== 'remove') || (wish.was.id !== made.id && wish.was.id !== PENDING + key)) return later;
  return { ...later, wish: { ...wish, was: { ...wish.was, id: made.id, version: made.version } } };
}

/** The timer as if every wish were done. */
export function running(entry: Entry | null | undefined, kept: readonly Kept[], person: string): Entry | undefined {
  return overlaid(entry ? [entry] : [], kept, person).find((one) => one.end == null);
}

function local(id: string, made: string, person: string, fields: EntryFields): Entry {
  return changed({ id, version: 0, created: made, modified: made, person, start: fields.start, note: '', tags: [], billable: false }, fields);
}

function changed(entry: Entry, fields: EntryFields): Entry {
  return {
    ...entry,
    start: fields.start,
    end: fields.end ?? null,
    project: fields.project ?? null,
    task: fields.task ?? null,
    note: fields.note ?? '',
    tags: fields.tags ?? [],
    billable: fields.billable ?? entry.billable,
  };
}
