/** Tasks as a list with depths: each below the one it stands below. Pure. */
import type { Task } from '../api/shapes';

export interface Branch {
  task: Task;
  /** 0 directly below the project. */
  depth: number;
}

/** In the order of names; a task whose parent is not there stands at the top, so that none is lost. */
export function branches(tasks: readonly Task[]): Branch[] {
  const there = new Set(tasks.map((task) => task.id));
  const sorted = [...tasks].sort((a, b) => a.name.localeCompare(b.name));
  const seen = new Set<string>();
  const walk = (parent: string, depth: number): Branch[] =>
    sorted.filter((task) => (task.parent != null && there.has(task.parent) ? task.parent : '') === parent).flatMap((task) => {
      if (seen.has(task.id)) return [];
      seen.add(task.id);
      return [{ task, depth }, ...walk(task.id, depth + 1)];
    });
  return walk('', 0);
}

/** Where a task may stand: anywhere but below itself. */
export function placesFor(task: Task | undefined, tasks: readonly Task[]): Branch[] {
  const list = branches(tasks);
  const at = list.findIndex((branch) => branch.task.id === task?.id);
  if (at < 0) return list;
  const depth = list[at]?.depth ?? 0;
  let end = at + 1;
  while ((list[end]?.depth ?? -1) > depth) end++;
  return [...list.slice(0, at), ...list.slice(end)];
}
