import { expect, test } from 'vitest';
import type { User } from '../api/shapes';
import { findPeople, looksLikeMail, losesRights, rightsOf, RIGHTS, teamsOf } from './person';

const user = (name: string, more: Partial<User> = {}): User => ({ id: name, name, role: 'employee', rights: [], grants: [], time_zone: 'UTC', created: '2026-01-01T00:00:00Z', disabled: false, ...more });

test('a role brings its rights', () => {
  expect(rightsOf('employee')).toEqual([]);
  expect(rightsOf('manager')).toHaveLength(4);
  expect(rightsOf('administrator')).toEqual(RIGHTS);
});

test('it is seen when somebody would lose a right', () => {
  const manager = user('m', { role: 'manager', rights: [...rightsOf('manager')] });
  expect(losesRights(manager, 'employee', [])).toBe(true);
  expect(losesRights(manager, 'employee', rightsOf('manager'))).toBe(false);
  expect(losesRights(manager, 'administrator', [])).toBe(false);
});

test('people are found, deactivated ones last', () => {
  const people = [user('zoe'), user('ann', { disabled: true }), user('ben', { mail: 'b@zoo.org', role: 'manager' })];
  expect(findPeople(people, '', '').map((p) => p.name)).toEqual(['ben', 'zoe', 'ann']);
  expect(findPeople(people, 'ZO', '').map((p) => p.name)).toEqual(['ben', 'zoe']);
  expect(findPeople(people, '', 'manager').map((p) => p.name)).toEqual(['ben']);
});

test('teams of somebody, led ones first', () => {
  const team = (name: string, leads: string[], members: string[]) => ({ id: name, version: 1, name, leads, members });
  expect(teamsOf([team('a', [], ['x']), team('b', ['x'], []), team('c', [], [])], 'x')).toEqual([{ name: 'b', leads: true }, { name: 'a', leads: false }]);
});

test('an address has two sides', () => {
  expect(['a@b', 'grace@example.org'].every(looksLikeMail)).toBe(true);
  expect(['a', '@b', 'a@', 'a b@c'].some(looksLikeMail)).toBe(false);
});
