/** A week of one's own time: Today begins with the one that is now, the timesheet shows any; of the one that is now a copy stays in this browser. */
import { all } from '../api/all';
import type { Entry, Shapes } from '../api/shapes';
import { addDays } from '../model/day';
import { clock } from './clock.svelte';
import { here } from './here.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

export interface Week {
  sheet: Shapes['Timesheet'];
  days: Shapes['DaysReport'];
  /** Of this week and of the one before. */
  entries: Entry[];
}

export const WEEK_NOUNS = ['entry', 'timesheet', 'lock', 'target'] as const;

/** The week of a day that may change; to be loaded by `follow`. */
export const weekOf = (day: () => string): Resource<Week> => {
  const holds = ({ sheet }: Week) => sheet.first <= day() && day() <= sheet.last;
  const current = ({ sheet }: Week) => sheet.first <= here.today && here.today <= sheet.last;
  return new Resource(() => ask(day()), () => clock.now, { name: 'week', keeps: current, fits: holds });
};

async function ask(day: string): Promise<Week> {
  const person = session.user?.name ?? '';
  const hours = async () => {
    const sheet = await session.call('GET', '/timesheets/{person}/{day}', { path: { person, day } });
    return { sheet, days: await session.call('GET', '/reports/days', { query: { person, from: sheet.first, to: sheet.last } }) };
  };
  // Wherever the week begins, it and the one before lie within these days.
  const entries = all((query) => session.call('GET', '/entries', { query: { ...query, from: addDays(day, -13), to: addDays(day, 6) } }));
  const [of, found] = await Promise.all([hours(), entries]);
  return { ...of, entries: found };
}
