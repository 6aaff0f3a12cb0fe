import { expect, test } from 'vitest';
import type { Shapes, Timesheet } from '../api/shapes';
import { beforeOf, warningsOf } from './approval';

const HOUR = 3_600_000;
const day = (date: string, hours: number, more: object = {}) => ({ date, ms: hours * HOUR, covered_ms: hours * HOUR, gaps: [], overlaps: [], target_minutes: 480, whole: null, ...more }) as unknown as Shapes['DayHours'];
const sheet = { person: 'ada', first: '2026-11-16', last: '2026-11-18', runs: true, held: 2 } as Timesheet;
const days = [day('2026-11-15', 3), day('2026-11-16', 10), day('2026-11-17', 10.5, { overlaps: [{ from: 'a', to: 'b' }] }), day('2026-11-18', 0), day('2026-11-19', 20)];

test('what an approver should look at, of this week alone', () => {
  expect(warningsOf(sheet, days)).toEqual([
    { kind: 'runs' },
    { kind: 'overlap', day: '2026-11-17', from: 'a', to: 'b' },
    { kind: 'missing', day: '2026-11-18' },
    { kind: 'long', day: '2026-11-17', ms: 10.5 * HOUR },
    { kind: 'held', count: 2 },
  ]);
  expect(warningsOf({ ...sheet, runs: false, held: 0 }, [day('2026-11-16', 6)])).toEqual([]);
});

test('the week before is what stands before it', () => {
  expect(beforeOf(sheet, days)).toBe(3 * HOUR);
});
