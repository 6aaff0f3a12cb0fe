import { expect, test } from 'vitest';
import { categoriesOf, rowsOf } from './category';

test('categories become rows and come back with what the rows do not show', () => {
  const had = [{ name: ['Work'], rule: { type: 'none' } }, { name: ['Work', 'Mail'], rule: { type: 'regex', regex: 'Outlook', ignore_case: false, priority: 3 }, data: { color: '#ff0000' } }];
  const rows = rowsOf(had);
  expect(rows.map((row) => [row.path, row.regex])).toEqual([['Work', ''], ['Work > Mail', 'Outlook']]);
  expect(categoriesOf(rows)).toEqual(had);
});

test('a new row ignores case, an emptied rule is none, and a row without a name is left out', () => {
  const rows = [{ path: ' Play > Chess ', regex: 'lichess', was: undefined }, { path: ' > ', regex: 'x', was: undefined }, { path: 'Work', regex: ' ', was: undefined }];
  expect(categoriesOf(rows)).toEqual([{ name: ['Play', 'Chess'], rule: { type: 'regex', regex: 'lichess', ignore_case: true } }, { name: ['Work'], rule: { type: 'none' } }]);
});
