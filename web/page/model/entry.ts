/** What entries come to: per day, per row of the week, and what was worked on lately. Pure. */
import type { Entry } from '../api/shapes';
import { addDays, dayIn, instantOf } from './day';

/** Milliseconds an entry lasts; one that runs, until now. */
export function lengthOf(entry: Entry, now: number): number {
  return Math.max(0, (entry.end == null ? now : Date.parse(entry.end)) - Date.parse(entry.start));
}

/** The part of an entry on a day of the zone. */
export function lengthOn(entry: Entry, day: string, zone: string, now: number): number {
  const from = Math.max(Date.parse(entry.start), instantOf(zone, day, 0));
  const to = Math.min(entry.end == null ? now : Date.parse(entry.end), instantOf(zone, addDays(day, 1), 0));
  return Math.max(0, to - from);
}

/** Whether it belongs to a day of the zone; one without a length to the day it begins on. */
export const isOn = (entry: Entry, day: string, zone: string, now: number): boolean => lengthOn(entry, day, zone, now) > 0 || dayIn(zone, Date.parse(entry.start)) === day;

/** What two entries have in common when they are on the same. */
export const rowKey = (entry: Pick<Entry, 'project' | 'task'>): string => `${entry.project ?? ''}/${entry.task ?? ''}`;

export interface Row {
  key: string;
  project: string | null;
  task: string | null;
  /** The entries that begin on each day, the first first. */
  days: Entry[][];
}

/** A week's rows: one per project and task, in the order of `extra` and then of first use. */
export function rowsOf(entries: Entry[], days: string[], zone: string, extra: Pick<Entry, 'project' | 'task'>[] = []): Row[] {
  const rows = new Map<string, Row>();
  const row = (of: Pick<Entry, 'project' | 'task'>) => {
    const key = rowKey(of);
    const known = rows.get(key);
    if (known) return known;
    const made: Row = { key, project: of.project ?? null, task: of.task ?? null, days: days.map(() => []) };
    rows.set(key, made);
    return made;
  };
  for (const entry of [...entries].sort((a, b) => a.start.localeCompare(b.start))) row(entry).days[days.indexOf(dayIn(zone, Date.parse(entry.start)))]?.push(entry);
  for (const one of extra) row(one);
  return [...rows.values()];
}

/** What was worked on lately, each once, the newest first. */
export function recent(entries: Entry[], most: number): Entry[] {
  const seen = new Set<string>();
  const newest = [...entries].sort((a, b) => b.start.localeCompare(a.start));
  return newest.filter((entry) => {
    const key = `${rowKey(entry)}/${entry.note}`;
    if (entry.end == null || seen.has(key) || (entry.note === '' && entry.project == null)) return false;
    seen.add(key);
    return true;
  }).slice(0, most);
}

/** What a new duration of a cell does: the last entry there grows or shrinks, or one is made. Undefined: it cannot be said by one change. */
export function cellChange(entries: Entry[], minutes: number, now: number): { entry: Entry; end: string } | { add: number } | { remove: Entry } | 'same' | undefined {
  const ended = entries.filter((entry) => entry.end != null);
  if (ended.length !== entries.length) return undefined;
  const had = entries.reduce((sum, entry) => sum + lengthOf(entry, now), 0);
  const more = minutes * 60_000 - had;
  const last = entries.at(-1);
  if (more === 0 || Math.floor(had / 60_000) === minutes) return 'same';
  if (!last) return { add: minutes };
  if (minutes === 0) return entries.length === 1 ? { remove: last } : undefined;
  const length = lengthOf(last, now) + more;
  return length > 0 ? { entry: last, end: new Date(Date.parse(last.start) + length).toISOString() } : undefined;
}
