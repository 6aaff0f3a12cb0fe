import { expect, test } from 'vitest';
import type { Task } from '../api/shapes';
import { branches, placesFor } from './tree';

const task = (id: string, parent: string | null) => ({ id, parent, name: id }) as Task;
const tasks = [task('c', 'b'), task('b', 'a'), task('z', null), task('a', null), task('lost', 'gone'), task('d', 'a')];
const said = (list: ReturnType<typeof branches>) => list.map(({ task, depth }) => '-'.repeat(depth) + task.id);

test('tasks stand below their parents, and none is lost', () => {
  expect(said(branches(tasks))).toEqual(['a', '-b', '--c', '-d', 'lost', 'z']);
});

test('a task may not stand below itself', () => {
  expect(said(placesFor(task('b', 'a'), tasks))).toEqual(['a', '-d', 'lost', 'z']);
  expect(said(placesFor(undefined, tasks))).toHaveLength(6);
});
