import { expect, test } from 'vitest';
import type { Entry } from '../api/shapes';
import { isPending, overlaid, running, type Kept, type Wish } from './wish';

const entry = (id: string, start: string, end: string | null): Entry => ({ id, version: 3, created: start, modified: start, person: 'p', start, end, note: id, tags: [], billable: true });
const kept = (...wishes: Wish[]): Kept[] => wishes.map((wish, i) => ({ key: `k${i}`, person: 'p', at: 0, wish }));
const a = entry('a', '2026-11-22T08:00:00Z', '2026-11-22T09:00:00Z');
const open = entry('b', '2026-11-22T09:00:00Z', null);

test('what waits is shown as if it were done', () => {
  const wishes = kept({ kind: 'change', was: a, fields: { start: a.start, end: a.end ?? null, note: 'other' } }, { kind: 'add', fields: { start: '2026-11-22T10:00:00Z', end: '2026-11-22T11:00:00Z', note: 'new' } });
  const list = overlaid([a], wishes, 'p');
  expect(list.map((one) => [one.note, isPending(one, wishes)])).toEqual([['new', true], ['other', true]]);
  expect(overlaid([a], kept({ kind: 'remove', was: a }), 'p')).toEqual([]);
  expect(isPending(a, [])).toBe(false);
});

test('a timer started offline ends the one that ran, and stops where it was stopped', () => {
  const start: Wish = { kind: 'start', fields: { start: '2026-11-22T10:00:00Z', note: 'c' } };
  const list = overlaid([open], kept(start), 'p');
  expect(list.map((one) => [one.note, one.end])).toEqual([['c', null], ['b', '2026-11-22T10:00:00Z']]);
  expect(running(open, kept(start), 'p')?.note).toBe('c');
  expect(running(open, kept(start, { kind: 'stop', end: '2026-11-22T10:30:00Z' }), 'p')).toBeUndefined();
  expect(running(null, [], 'p')).toBeUndefined();
});
