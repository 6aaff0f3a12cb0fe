import type { Catalogue } from '../en/today';

export const de: Catalogue = {
  entries: 'Einträge',
  empty: 'Heute ist noch nichts gebucht.',
  emptyBody: 'Starten Sie die Uhr, und es erscheint hier.',
  running: 'Läuft',
  now: 'jetzt',
};
