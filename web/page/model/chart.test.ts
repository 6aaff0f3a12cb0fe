import { expect, test } from 'vitest';
import { areaPath, linePath, moments, peakOf, thinned, ticks } from './chart';

const points = [{ at: 0, value: 1 }, { at: 60, value: 3 }, { at: 300, value: 2 }];
const same = (n: number) => n;

test('an axis has round numbers and reaches the most there is', () => {
  expect(ticks(312)).toEqual([0, 100, 200, 300, 400]);
  expect(ticks(1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticks(0)).toEqual([0, 1]);
  for (const most of [7, 99, 1000, 123456]) expect(ticks(most).at(-1)).toBeGreaterThanOrEqual(most);
});

test('a line breaks where nobody looked, and what lies under it too', () => {
  expect(linePath(points, same, same, 100)).toBe('M0.0 1.0L60.0 3.0M300.0 2.0');
  expect(areaPath(points, same, same, 100)).toBe('M0.0 1.0L60.0 3.0L60.0 0.0L0.0 0.0ZM300.0 2.0L300.0 0.0L300.0 0.0Z');
  expect(areaPath([], same, same)).toBe('');
});

test('the peak is found, and its first of several', () => {
  expect(peakOf(points)).toEqual({ at: 60, value: 3 });
  expect(peakOf([])).toBeUndefined();
});

test('moments stand at whole hours of the zone', () => {
  const hour = 3_600_000;
  expect(moments(hour / 2, 4 * hour, 3 * hour, 0)).toEqual([3 * hour]);
  expect(moments(hour / 2, 6 * hour, 3 * hour, hour)).toEqual([2 * hour, 5 * hour]);
});

test('fewer points keep every peak', () => {
  const many = Array.from({ length: 1440 }, (_, at) => ({ at, value: at === 700 ? 9 : 1 }));
  const few = thinned(many, 360);
  expect(few).toHaveLength(360);
  expect(peakOf(few)).toEqual({ at: 700, value: 9 });
  expect(thinned(points, 360)).toEqual(points);
});
