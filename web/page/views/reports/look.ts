/** How a group of a report is called and coloured. */
import type { By } from '../../model/ask';
import type { Group } from '../../model/hours';
import { catalog } from '../../state/catalog.svelte';
import { t as words } from '../../text/reports';

export function nameOf(group: Group | undefined, by: By): string {
  if (group === undefined) return words.others;
  const { key } = group;
  if (key.hidden) return words.hidden;
  if (by === 'billable') return key.name === 'yes' ? words.billableYes : words.billableNo;
  return key.name ?? words.without[by];
}

/** What tells two of one name apart: a project's customer, a task's project. */
export function besideOf(group: Group, by: By): string {
  if (by === 'project') return catalog.customerOf(catalog.projects.get(group.key.id ?? ''));
  return by === 'task' ? (group.key.project ?? '') : '';
}

/** A colour for each group. Its own where it has one; of two with the same, the shorter takes another, or a chart could not be read. */
export function coloursOf(groups: readonly Group[], by: By): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    groups.map((group, place) => {
      const own = ownOf(group, by);
      const colour = own === undefined || (place < DRAWN && taken.has(own)) ? (COLOURS.find((one) => !taken.has(one)) ?? 'var(--c5)') : own;
      taken.add(colour);
      return [group.id, group.key.id == null && by !== 'billable' ? 'var(--c5)' : colour] as const;
    }),
  );
}

function ownOf(group: Group, by: By): string | undefined {
  const id = group.key.id ?? '';
  return (by === 'project' ? catalog.projects.get(id)?.colour : by === 'customer' ? catalog.customers.get(id)?.colour : undefined) ?? undefined;
}

/** So many at most are drawn beside each other. */
const DRAWN = 8;
const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', ...[1, 2, 3, 4].map((n) => `color-mix(in oklab, var(--c${n}), var(--text) 42%)`)];
