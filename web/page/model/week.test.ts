import { expect, test } from 'vitest';
import type { Entry, Shapes } from '../api/shapes';
import { columns, copies, nextStart, notices } from './week';

const zone = 'Europe/Berlin';
const entry = (id: string, start: string, end: string | null): Entry => ({ id, version: 1, created: start, modified: start, person: 'p', start, end, note: id, tags: [], billable: false, project: 'a', task: null });
const day = (date: string, hours: number, target: number, overlaps: Shapes['Overlap'][] = []): Shapes['DayHours'] => ({ date, ms: hours * 3_600_000, covered_ms: 0, target_minutes: target * 60, gaps: [], overlaps });

test('a typed duration begins where the day left off', () => {
  const iso = (entries: Entry[], minutes: number) => new Date(nextStart(entries, '2026-11-20', zone, minutes)).toISOString();
  expect(iso([], 60)).toBe('2026-11-20T08:00:00.000Z');
  expect(iso([entry('1', '2026-11-20T08:00:00Z', '2026-11-20T10:00:00Z')], 60)).toBe('2026-11-20T10:00:00.000Z');
  expect(iso([entry('1', '2026-11-20T08:00:00Z', '2026-11-20T22:30:00Z')], 120)).toBe('2026-11-20T21:00:00.000Z');
});

test('before a week is submitted, what stands out is told', () => {
  const overlap = { from: 'x', to: 'y', entries: [] };
  expect(notices([day('2026-11-16', 0, 8), day('2026-11-17', 7, 8), day('2026-11-18', 9, 8, [overlap]), day('2026-11-21', 0, 0)], true).map((one) => one.kind)).toEqual(['runs', 'missing', 'under', 'overlap']);
  expect(notices([day('2026-11-16', 8, 8)], false)).toEqual([]);
});

test('last week comes a week later by the calendar, without what is there', () => {
  const last = [entry('1', '2026-10-19T07:00:00Z', '2026-10-19T08:00:00Z'), entry('2', '2026-10-20T07:00:00Z', '2026-10-20T08:00:00Z'), entry('3', '2026-10-21T07:00:00Z', null)];
  // Clocks go back on 25 October: nine o'clock stays nine o'clock.
  expect(copies(last, [entry('4', '2026-10-27T12:00:00Z', '2026-10-27T13:00:00Z')], zone).map((one) => one.start)).toEqual(['2026-10-26T08:00:00.000Z']);
});

test('entries that overlap stand side by side', () => {
  const list = [entry('1', '2026-11-20T08:00:00Z', '2026-11-20T10:00:00Z'), entry('2', '2026-11-20T09:00:00Z', '2026-11-20T11:00:00Z'), entry('3', '2026-11-20T10:30:00Z', '2026-11-20T11:00:00Z'), entry('4', '2026-11-20T12:00:00Z', null)];
  // One of a moment is drawn taller: what begins in that time stands beside it.
  expect(columns([list[0]!, { ...list[0]!, id: '9', start: list[0]!.end!, end: list[0]!.end! }], 0).map((one) => one.of)).toEqual([1, 1]);
  expect(columns([{ ...list[0]!, end: list[0]!.start }, { ...list[0]!, id: '9' }], 0, 60_000).map((one) => one.of)).toEqual([2, 2]);
  expect(columns(list, 0).map(({ entry: { id }, column, of }) => [id, column, of])).toEqual([['1', 0, 2], ['2', 1, 2], ['3', 0, 2], ['4', 0, 1]]);
});
