import { expect, test } from 'vitest';
import { othersSee } from './seeing';

test('a policy shows what it says and everything before it', () => {
  expect(othersSee('hours_only')).toEqual({ hours: true, categories: false, apps: false, titles: false });
  expect(othersSee('app_totals')).toEqual({ hours: true, categories: true, apps: true, titles: false });
  expect(othersSee('full_detail').titles).toBe(true);
  expect(othersSee('something new')).toEqual(othersSee('hours_only'));
});
