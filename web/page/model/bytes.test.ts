import { expect, test } from 'vitest';
import { size, sizeParts } from './bytes';

test('a size has the unit in which it reads best', () => {
  expect(size('en-GB', 0)).toBe('0 byte');
  expect(size('en-GB', 8_425_472)).toBe('8.4 MB');
  expect(size('de-DE', 8_425_472)).toBe('8,4 MB');
  expect(size('en-GB', 184_000_000)).toBe('184 MB');
  expect(sizeParts('en-GB', 202_400_000_000)).toEqual({ count: '202', unit: 'GB' });
  expect(size('en-GB', 5e17)).toBe('500,000 TB');
});
