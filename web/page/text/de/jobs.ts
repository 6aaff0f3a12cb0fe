import type { Catalogue } from '../en/jobs';

export const de: Catalogue = {
  title: 'Läuft gerade',
  none: 'Gerade läuft nichts. Exporte und Importe zeigen hier, wie weit sie sind.',
  rest: (span) => `noch etwa ${span}`,
  rate: (amount) => `${amount} pro Sekunde`,
  rows: (count) => `${count} Zeilen`,
  seconds: (count) => `${count} s`,
  cancel: 'Abbrechen',
  cancelOf: (what) => `Abbrechen: ${what}`,
  cancelled: (what) => `Abgebrochen: ${what}`,
  download: 'Herunterladen',
  forget: 'Aus der Liste nehmen',
  forgetOf: (what) => `Aus der Liste nehmen: ${what}`,
  by: (who) => `für ${who}`,
  more: (count) => `und ${count} weitere, die heute endeten`,
  kinds: {
    activity_csv: 'Aufgezeichnetes als Tabelle', person_data: 'Alles, was über eine Person aufgezeichnet ist', activitywatch: 'Aufgezeichnetes für ActivityWatch',
    import: 'Import', import_undo: 'Import wird zurückgenommen', entries_csv: 'Zeiteinträge als Tabelle', backup: 'Sicherung', backup_check: 'Prüfung einer Sicherung',
  },
  states: { running: 'Läuft', done: 'Fertig', failed: 'Fehlgeschlagen', cancelled: 'Abgebrochen', broken_off: 'Unterbrochen' },
};
