import type { Catalogue } from '../en/chart';

export const de: Catalogue = {
  read: (label) => `${label}. Mit den Pfeiltasten werden die Werte vorgelesen.`,
  ofTarget: (target) => `Soll ${target}`,
  target: 'Soll',
  nothing: 'Nichts gebucht',

  period: 'Zeitraum',
  spans: { week: 'Woche', month: 'Monat', year: 'Jahr', custom: 'Frei' },
  from: 'Erster Tag',
  to: 'Letzter Tag',
  earlier: 'Früher',
  later: 'Später',
  current: 'Jetzt',

  find: 'Suchen',
  findIn: (what) => `In ${what} suchen`,
  none: 'Nichts gefunden.',
  all: 'Alle zeigen',
};
