import type { Catalogue } from '../en/computers';

export const de: Catalogue = {
  computers: {
    title: 'Computer',
    add: 'Computer hinzufügen',
    name: 'Computer',
    person: 'Zeichnet auf für',
    contact: 'Letzter Kontakt',
    state: 'Zustand',
    token: 'Zugangsschlüssel',
    never: 'Nie',
    empty: 'Noch keine Computer.',
    states: { connected: 'In Kontakt', quiet: 'Länger nicht gehört', known: 'Eingerichtet', waiting: 'Wartet auf ersten Kontakt', removed: 'Entfernt' },
  },

  invite: {
    nameLong: 'Höchstens 64 Zeichen.',
    nameCharacters: 'Nur Kleinbuchstaben, Ziffern und . _ - @, ohne Leerzeichen.',
    title: 'Computer hinzufügen',
    person: 'Wem gehört der Computer?',
    personHint: 'Der Anmeldename. Der Computer zeichnet für diese Person auf.',
    submit: 'Code erzeugen',
    submitting: 'Wird erzeugt …',
    failed: 'Es wurde kein Code erzeugt',
    step1: 'Timebook auf diesen Computer laden',
    step1Body: 'Es ist das Programm des Servers, für dasselbe Betriebssystem.',
    download: 'Timebook herunterladen',
    step2: 'Dort einmal ausführen',
    command: (code) => `timebook agent enroll ${code}`,
    commandLabel: 'Befehl',
    codeLabel: 'Nur der Code',
    expires: (when) => `Gilt für einen Computer, bis ${when}. Behalten Sie ihn für sich: Wer ihn hat, kann einen Computer hinzufügen.`,
    waiting: 'Wartet, bis sich der Computer meldet …',
    joined: (name) => `${name} ist dabei.`,
    noDownload: 'Der Server nannte keine Adresse: Kopieren Sie seine Programmdatei auf jenen Computer.',
  },
};
