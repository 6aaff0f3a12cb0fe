/** Charts, long tables, filters and the choice of a period, on whichever page they stand. */
import type { Span } from '../../model/period';

export const en = {
  read: (label: string) => `${label}. The arrow keys read each value.`,
  ofTarget: (target: string) => `Target ${target}`,
  target: 'Target',
  nothing: 'No time booked',

  period: 'Period',
  spans: { week: 'Week', month: 'Month', year: 'Year', custom: 'Custom' } satisfies Record<Span, string>,
  from: 'First day',
  to: 'Last day',
  earlier: 'Earlier',
  later: 'Later',
  current: 'Now',

  find: 'Find',
  findIn: (what: string) => `Find in ${what}`,
  none: 'Nothing found.',
  all: 'Show all',
};

export type Catalogue = typeof en;
