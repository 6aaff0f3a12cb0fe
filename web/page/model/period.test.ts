import { expect, test } from 'vitest';
import { moved, periodIn, spanAt, spanOf, stepOf } from './period';

test('a week begins where the office says, a month has its own length', () => {
  expect(spanAt('week', '2026-11-22')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
  expect(spanAt('week', '2026-11-22', 0)).toEqual({ from: '2026-11-22', to: '2026-11-28' });
  expect(spanAt('month', '2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  expect(spanAt('year', '2026-11-22')).toEqual({ from: '2026-01-01', to: '2026-12-31' });
});

test('a period is known again, and moves by itself', () => {
  const week = spanAt('week', '2026-11-22');
  expect(spanOf(week)).toBe('week');
  expect(spanOf(week, 0)).toBe('custom');
  expect(moved(week, -1)).toEqual({ from: '2026-11-09', to: '2026-11-15' });
  expect(moved(spanAt('month', '2026-03-31'), -1)).toEqual({ from: '2026-02-01', to: '2026-02-28' });
  expect(moved(spanAt('year', '2026-05-05'), 1)).toEqual({ from: '2027-01-01', to: '2027-12-31' });
  expect(moved({ from: '2026-11-01', to: '2026-11-10' }, 1)).toEqual({ from: '2026-11-11', to: '2026-11-20' });
});

test('an address with nonsense asks for no period', () => {
  expect(periodIn('2026-11-01', '2026-11-30')).toEqual({ from: '2026-11-01', to: '2026-11-30' });
  for (const [from, to] of [['2026-11-30', '2026-11-01'], ['2026-02-30', '2026-03-01'], ['x', '2026-01-01'], [null, '2026-01-01'], ['2020-01-01', '2026-01-01']] as const) expect(periodIn(from, to)).toBeUndefined();
});

test('longer periods have fewer bars', () => {
  expect(['2026-11-30', '2027-03-01', '2027-10-31'].map((to) => stepOf({ from: '2026-11-01', to }))).toEqual(['day', 'week', 'month']);
});
