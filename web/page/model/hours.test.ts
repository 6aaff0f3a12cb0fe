import { expect, test } from 'vitest';
import type { Shapes } from '../api/shapes';
import { barsOf, changeOf, groupsOf, seriesOf } from './hours';

const row = (from: string, id: string | null, ms: number, more: object = {}) => ({ from, to: from, keys: [{ by: 'project', id, name: id && id.toUpperCase(), parent: null, project: null, hidden: false }], ms, with_below_ms: null, target_minutes: null, previous_ms: null, ...more });
const report = {
  from: '2026-11-16', to: '2026-11-17', time_zone: 'UTC', total_ms: 600, target_minutes: 8, previous: null, counts_twice: false,
  periods: [
    { from: '2026-11-16', to: '2026-11-16', ms: 350, target_minutes: 4, previous: { from: '2026-11-14', to: '2026-11-14', total_ms: 70 } },
    { from: '2026-11-17', to: '2026-11-17', ms: 250, target_minutes: null, previous: null },
  ],
  rows: [row('2026-11-16', 'a', 100, { previous_ms: 40, target_minutes: 2 }), row('2026-11-16', 'b', 200), row('2026-11-16', null, 50), row('2026-11-17', 'a', 250, { previous_ms: 60, target_minutes: 3 }), row('2026-11-17', 'c', 0, { previous_ms: 9 })],
} as unknown as Shapes['HoursReport'];

test('groups are added up over all periods, the longest first', () => {
  expect(groupsOf(report).map(({ id, ms, before, target }) => [id, ms, before, target])).toEqual([['a', 350, 100, 300_000], ['b', 200, undefined, undefined], ['none', 50, undefined, undefined], ['c', 0, 9, undefined]]);
});

test('a chart has few series: what is left goes together, what is nothing is left out', () => {
  const groups = groupsOf(report);
  expect(seriesOf(groups).map((group) => group?.id)).toEqual(['a', 'b', 'none']);
  const few = seriesOf(groups, 2);
  expect(few.map((group) => group?.id)).toEqual(['a', undefined]);
  expect(barsOf(report, few).map((bar) => bar.values)).toEqual([[100, 250], [250, 0]]);
});

test('a bar has its target and what was before, where there is one', () => {
  expect(barsOf(report, []).map(({ ms, target, before }) => [ms, target, before])).toEqual([[350, 240_000, 70], [250, undefined, undefined]]);
});

test('a change is told only of what was there', () => {
  expect([changeOf(150, 100), changeOf(1, 0), changeOf(1, undefined)]).toEqual([0.5, undefined, undefined]);
});
