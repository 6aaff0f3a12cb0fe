import { expect, test } from 'vitest';
import { hoursOf } from './typed';

test('hours of a budget or a week are typed as people write them', () => {
  expect(['40', '38:30', '38.5', '38,25', '1200 h', ' 0 '].map(hoursOf)).toEqual([2400, 2310, 2310, 2295, 72_000, 0]);
  for (const none of ['', 'x', '-1', '1:60', '1234567', '1.234']) expect(hoursOf(none)).toBeUndefined();
});
