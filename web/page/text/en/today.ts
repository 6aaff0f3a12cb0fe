/** The page Today. */

export const en = {
  entries: 'Entries',
  empty: 'Nothing booked today yet.',
  emptyBody: 'Start the timer, and it appears here.',
  running: 'Running',
  now: 'now',
};

export type Catalogue = typeof en;
