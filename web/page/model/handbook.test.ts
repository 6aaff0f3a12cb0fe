import { expect, test } from 'vitest';
import { found, partsOfChapter } from './handbook';

const book = [
  { id: 'a', title: 'Backups', text: 'A copy is sealed.\n\n    timebook backup create\n    timebook backup list\n\nThen rest.' },
  { id: 'b', title: 'Restoring', text: 'A backup comes back.' },
];

test('words find the chapters that have all of them, in the title first', () => {
  const ids = (wanted: string) => found(book, wanted).map((one) => one.id);
  expect([ids(''), ids('Backup'), ids('comes  backup'), ids('backups rhinoceros'), ids('restoring')]).toEqual([['a', 'b'], ['a', 'b'], ['b'], [], ['b']]);
});

test('commands are told from sentences', () => {
  expect(partsOfChapter(book[0]?.text ?? '')).toEqual([
    { text: 'A copy is sealed.', commands: false },
    { text: 'timebook backup create\ntimebook backup list', commands: true },
    { text: 'Then rest.', commands: false },
  ]);
});
