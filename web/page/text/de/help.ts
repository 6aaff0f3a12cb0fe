import type { Catalogue } from '../en/help';

export const de: Catalogue = {
  handbook: {
    lead: 'Wie man was macht. Dasselbe im Terminal: timebook help.',
    chapters: 'Kapitel',
    search: 'Suchen',
    none: 'Kein Kapitel hat diese Wörter.',
  },
  intro: 'Der Timebook-Server hat eine eigene Zertifizierungsstelle, bei seinem ersten Start erzeugt. Solange ein Browser ihr nicht vertraut, warnt er vor der Seite des Büros. Machen Sie dies einmal auf jedem Gerät.',
  limits: 'Sie bürgt für die eigenen Namen des Büros und für private Adressen, für nichts sonst: Wer ihr vertraut, ist im Internet nirgends weniger sicher.',
  get: '1. Das Zertifikat holen',
  file: 'timebook-buero-ca.crt',
  download: 'Zertifikat herunterladen',
  name: 'Name',
  until: 'Gültig bis',
  fingerprint: 'Fingerabdruck (SHA-256)',
  compare: '2. Den Fingerabdruck vergleichen',
  compareBody: 'Eine Seite, die erst nach einer Warnung kam, könnte von irgendwem sein. Vergleichen Sie den Fingerabdruck mit dem, den Ihre Verwaltung Ihnen gegeben hat. Der Server druckt ihn mit `timebook ca fingerprint`. Weicht er ab, hören Sie auf und sagen Sie es Ihrer Verwaltung.',
  trust: '3. Ihm vertrauen',
  done: 'Schließen Sie den Browser und öffnen Sie die Seite des Büros wieder: Die Warnung ist weg.',
  yours: 'Dieses Gerät',
  public: 'Ist der Server unter einem öffentlichen Namen erreichbar? Dann geben Sie ihm ein öffentliches Zertifikat, und niemand braucht all dies: `timebook serve --certificate KETTE.pem --certificate-key KEY.pem --name NAME`.',
  ways: {
    windows: {
      title: 'Chrome und Edge unter Windows',
      steps: [
        'Öffnen Sie die heruntergeladene Datei und wählen Sie „Zertifikat installieren…“.',
        'Wählen Sie „Aktueller Benutzer“, oder „Lokaler Computer“ für alle an diesem PC.',
        'Wählen Sie „Alle Zertifikate in folgendem Speicher speichern“, dann „Durchsuchen…“ und „Vertrauenswürdige Stammzertifizierungsstellen“.',
        'Stellen Sie fertig, und bestätigen Sie die Warnung mit „Ja“.',
      ],
      more: 'In der Eingabeaufforderung heißt es `certutil -user -addstore Root timebook-buero-ca.crt`. Für viele PCs auf einmal dient die Gruppenrichtlinie „Richtlinien für öffentliche Schlüssel › Vertrauenswürdige Stammzertifizierungsstellen“.',
    },
    firefox: {
      title: 'Firefox auf jedem System',
      steps: [
        'Öffnen Sie Einstellungen › Datenschutz & Sicherheit › Zertifikate und wählen Sie „Zertifikate anzeigen…“.',
        'Wählen Sie unter „Zertifizierungsstellen“ „Importieren…“ und die heruntergeladene Datei.',
        'Setzen Sie den Haken bei „Dieser CA vertrauen, um Websites zu identifizieren“ und wählen Sie „OK“.',
      ],
      more: 'Unter Windows und macOS vertraut Firefox ab Version 120 auch dem, was das System für vertrauenswürdig hält.',
    },
    mac: {
      title: 'Safari und Chrome unter macOS',
      steps: [
        'Öffnen Sie die heruntergeladene Datei: Die Schlüsselbundverwaltung legt sie in den Schlüsselbund „Anmeldung“. Wählen Sie „System“ für alle an diesem Mac.',
        'Suchen Sie das Zertifikat dort nach seinem Namen und öffnen Sie es mit einem Doppelklick.',
        'Öffnen Sie „Vertrauen“, wählen Sie neben „Bei Verwendung dieses Zertifikats“ „Immer vertrauen“, schließen Sie das Fenster und geben Sie Ihr Passwort ein.',
      ],
      more: 'Im Terminal heißt es `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain timebook-buero-ca.crt`.',
    },
    linux: {
      title: 'Chromium, Chrome und Firefox unter Linux',
      steps: [
        'Chromium und Chrome lesen Ihren NSS-Speicher: `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Timebook -i timebook-buero-ca.crt`. Der Befehl ist im Paket `libnss3-tools` oder `nss-tools`.',
        'Wo die Liste des Systems von p11-kit kommt (Fedora, Arch, openSUSE), genügt ein Befehl für alle Browser: `sudo trust anchor timebook-buero-ca.crt`.',
        'Unter Debian und Ubuntu lesen andere Programme die Liste des Systems: Kopieren Sie die Datei nach `/usr/local/share/ca-certificates/` und rufen Sie `sudo update-ca-certificates` auf.',
      ],
      more: 'Firefox hat eine eigene Liste: Importieren Sie die Datei wie unter „Firefox auf jedem System“.',
    },
    ios: {
      title: 'iPhone und iPad',
      steps: [
        'Laden Sie das Zertifikat in Safari herunter und öffnen Sie es unter „Dateien › Downloads“.',
        'Öffnen Sie die Einstellungen, tippen Sie auf „Profil geladen“, dann auf „Installieren“.',
        'Öffnen Sie Einstellungen › Allgemein › Info › Zertifikatsvertrauenseinstellungen und schalten Sie das Zertifikat ein. Ohne diesen Schritt bleibt die Warnung.',
      ],
      more: 'Alle Browser dort richten sich danach.',
    },
    android: {
      title: 'Android',
      steps: [
        'Laden Sie das Zertifikat herunter.',
        'Öffnen Sie Einstellungen › Sicherheit & Datenschutz › Weitere Sicherheitseinstellungen › Verschlüsselung & Anmeldedaten › Zertifikat installieren › CA-Zertifikat. Manche Geräte nennen es anders: Suchen Sie in den Einstellungen nach „Zertifikat“.',
        'Tippen Sie auf „Trotzdem installieren“ und wählen Sie die heruntergeladene Datei.',
      ],
      more: 'Firefox für Android braucht außerdem: Einstellungen › Über Firefox, fünfmal auf das Logo tippen; dann Einstellungen › Geheime Einstellungen › „CA-Zertifikate von Drittanbietern verwenden“.',
    },
  },
};
