import { expect, test } from 'vitest';
import type { Entry } from '../api/shapes';
import { after, isPending, overlaid, running, type Kept, type Wish } from './wish';

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

test('what was changed again before the server had it is sent as a change of what the server made of it', () => {
  const fields = { start: '2026-11-22T10:00:00Z', end: '2026-11-22T11:00:00Z', note: 'new' };
  const [add, ...rest] = kept({ kind: 'add', fields }, { kind: 'change', was: a, fields }) as [Kept, Kept];
  const [local] = overlaid([], [add], 'p') as [Entry];
  const longer: Kept = { key: 'later', person: 'p', at: 0, wish: { kind: 'change', was: local, fields: { ...fields, end: '2026-11-22T12:00:00Z' } } };
  expect(overlaid([], [add, longer], 'p').map((one) => one.end)).toEqual(['2026-11-22T12:00:00Z']);
  const made = { ...local, id: 'm', version: 7 };
  expect(after(longer, add, made).wish).toMatchObject({ was: { id: 'm', version: 7 }, fields: { end: '2026-11-22T12:00:00Z' } });
  expect(after(rest[0] as Kept, add, made), 'another entry').toBe(rest[0]);
  expect(after({ ...longer, wish: { kind: 'remove', was: made } }, longer, { ...made, version: 8 }).wish).toMatchObject({ was: { version: 8 } });
});
