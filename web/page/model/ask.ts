/** What a report asks for, as it stands in the page's address and in the server's question. Pure. */
import type { Shapes } from '../api/shapes';
import { periodIn, stepOf, type Period } from './period';

export const BY = ['project', 'customer', 'user', 'team', 'task', 'tag', 'billable'] as const;
export type By = (typeof BY)[number];
export const STEPS = ['day', 'week', 'month'] as const;
export const LISTS = ['people', 'teams', 'customers', 'projects', 'tasks', 'tags'] as const;
export type List = (typeof LISTS)[number];

export interface Asked extends Period {
  by: By;
  per: (typeof STEPS)[number];
  lists: Record<List, string[]>;
  billable: 'true' | 'false' | '';
  compare: boolean;
}

/** Reads the address; what it does not say, or says wrongly, is as usual. */
export function askedIn(query: URLSearchParams, usual: Period): Asked {
  const period = periodIn(query.get('from'), query.get('to')) ?? usual;
  const billable = query.get('billable');
  return {
    ...period,
    by: BY.find((by) => by === query.get('by')) ?? 'project',
    per: STEPS.find((per) => per === query.get('per')) ?? stepOf(period),
    lists: Object.fromEntries(LISTS.map((list) => [list, (query.get(list) ?? '').split(',').filter(Boolean)])) as Asked['lists'],
    billable: billable === 'true' || billable === 'false' ? billable : '',
    compare: query.get('compare') !== 'false',
  };
}

/** The same for the server: its names in the query. */
export function queryOf(asked: Asked, apart: { by?: By; per?: boolean } = { by: asked.by, per: true }): Record<string, string> {
  const query: Record<string, string> = { from: asked.from, to: asked.to };
  for (const list of LISTS) if (asked.lists[list].length > 0) query[list] = asked.lists[list].join(',');
  if (asked.billable) query.billable = asked.billable;
  if (asked.compare) query.compare = 'true';
  if (apart.per) query.per = asked.per;
  if (apart.by) query.by = apart.by;
  return query;
}

/** The same as the server keeps it under a name. A period that has a name of its own moves along with the calendar. */
export function keptOf(asked: Asked, range: string | undefined): Shapes['HoursQuery'] {
  const days = range ? { range, from: null, to: null } : { range: null, from: asked.from, to: asked.to };
  return { ...days, per: asked.per, by: [asked.by], ...asked.lists, billable: asked.billable === '' ? null : asked.billable === 'true', compare: asked.compare };
}

/** What opens a kept report: the address's words for it. `days` says what a named range is today. */
export function addressOf(kept: Shapes['HoursQuery'], days: (range: string) => Period | undefined): Record<string, string | undefined> {
  const named = kept.range ? days(kept.range) : undefined;
  return {
    from: named?.from ?? kept.from ?? undefined,
    to: named?.to ?? kept.to ?? undefined,
    by: kept.by?.[0],
    per: kept.per ?? undefined,
    ...Object.fromEntries(LISTS.map((list) => [list, kept[list]?.join(',') || undefined])),
    billable: kept.billable == null ? undefined : String(kept.billable),
    compare: kept.compare ? undefined : 'false',
  };
}
