/** The week of a timesheet: where a typed duration goes, what to say before it is submitted, what a copy of last week adds. Pure. */
import type { Entry, EntryFields, Shapes } from '../api/shapes';
import { addDays, dayIn, instantOf, minuteIn } from './day';
import { lengthOf, rowKey } from './entry';

/** Where a new entry of a day begins: after the last that ends there, or at nine; never so late that it would leave the day. */
export function nextStart(entries: readonly Entry[], day: string, zone: string, minutes: number): number {
  const ends = entries.filter((entry) => entry.end != null && dayIn(zone, Date.parse(entry.start)) === day).map((entry) => (dayIn(zone, Date.parse(entry.end ?? '')) === day ? minuteIn(zone, Date.parse(entry.end ?? '')) : DAY));
  const first = ends.length > 0 ? Math.max(...ends) : MORNING;
  return instantOf(zone, day, Math.max(0, Math.min(first, DAY - minutes)));
}

/** What stands out in a week, before it is submitted. */
export type Notice = { kind: 'missing'; day: string } | { kind: 'under'; day: string; ms: number; target: number } | { kind: 'overlap'; day: string; from: string; to: string } | { kind: 'runs' };

export function notices(days: readonly Shapes['DayHours'][], runs: boolean): Notice[] {
  const list: Notice[] = days.flatMap((day): Notice[] => {
    const target = day.target_minutes * 60_000;
    const short: Notice[] = target === 0 ? [] : day.ms === 0 ? [{ kind: 'missing', day: day.date }] : day.ms < target ? [{ kind: 'under', day: day.date, ms: day.ms, target }] : [];
    return [...short, ...day.overlaps.map(({ from, to }): Notice => ({ kind: 'overlap', day: day.date, from, to }))];
  });
  return runs ? [{ kind: 'runs' }, ...list] : list;
}

/** Last week's entries a week later, by the calendar; what is on the same at the same day already is left out. */
export function copies(last: readonly Entry[], now: readonly Entry[], zone: string): EntryFields[] {
  const there = new Set(now.map((entry) => `${dayIn(zone, Date.parse(entry.start))}/${rowKey(entry)}`));
  const later = (at: string) => new Date(instantOf(zone, addDays(dayIn(zone, Date.parse(at)), 7), minuteIn(zone, Date.parse(at)))).toISOString();
  return last
    .filter((entry) => entry.end != null && !there.has(`${addDays(dayIn(zone, Date.parse(entry.start)), 7)}/${rowKey(entry)}`))
    .sort((a, b) => a.start.localeCompare(b.start))
    .map((entry) => ({ start: later(entry.start), end: later(entry.end ?? ''), project: entry.project ?? null, task: entry.task ?? null, note: entry.note, tags: entry.tags, billable: entry.billable }));
}

/** Entries of a day side by side where they overlap: each with its column and how many there are. One that is drawn taller than it lasts counts as `least` long. */
export function columns(entries: readonly Entry[], now: number, least = 1): { entry: Entry; column: number; of: number }[] {
  const placed: { entry: Entry; column: number; of: number; from: number; to: number }[] = [];
  let group: typeof placed = [];
  let until = 0;
  for (const entry of [...entries].sort((a, b) => a.start.localeCompare(b.start))) {
    const from = Date.parse(entry.start);
    const to = from + Math.max(lengthOf(entry, now), least);
    if (from >= until) group = [];
    const taken = group.filter((one) => one.to > from).map((one) => one.column);
    let column = 0;
    while (taken.includes(column)) column++;
    const one = { entry, column, of: 1, from, to };
    group.push(one);
    placed.push(one);
    until = Math.max(until, to);
    const most = Math.max(...group.map((other) => other.column)) + 1;
    for (const other of group) other.of = most;
  }
  return placed.map(({ entry, column, of }) => ({ entry, column, of }));
}

const MORNING = 9 * 60;
const DAY = 24 * 60;
