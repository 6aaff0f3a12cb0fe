/** The help page about the office's own certificate. Backticks mark what is typed or read letter by letter. */
import type { Platform } from '../../model/platform';

export const en = {
  handbook: {
    lead: 'How to do what. The same in a terminal: timebook help.',
    chapters: 'Chapters',
    search: 'Look for',
    none: 'No chapter has these words.',
  },
  intro: 'Timebook’s server has an authority of its own, made on its first start. Until a browser trusts it, it warns before it shows the office’s page. Do this once on each device.',
  limits: 'It vouches for the office’s own names and private addresses, and for nothing else: whoever trusts it is no less safe anywhere on the internet.',
  get: '1. Get the certificate',
  file: 'timebook-office-ca.crt',
  download: 'Download the certificate',
  name: 'Name',
  until: 'Valid until',
  fingerprint: 'Fingerprint (SHA-256)',
  compare: '2. Compare the fingerprint',
  compareBody: 'A page that came through a warning could be anybody’s. Compare the fingerprint with the one your administrator gave you. The server prints it with `timebook ca fingerprint`. If they differ, stop and tell your administrator.',
  trust: '3. Trust it',
  done: 'Close the browser and open the office’s page again: the warning is gone.',
  yours: 'This device',
  public: 'Is the server reached by a public name? Then give it a public certificate, and nobody needs any of this: `timebook serve --certificate CHAIN.pem --certificate-key KEY.pem --name NAME`.',
  ways: {
    windows: {
      title: 'Chrome and Edge on Windows',
      steps: [
        'Open the downloaded file and choose “Install Certificate…”.',
        'Choose “Current User”, or “Local Machine” for everybody on this PC.',
        'Choose “Place all certificates in the following store”, then “Browse…” and “Trusted Root Certification Authorities”.',
        'Finish, and confirm the warning with “Yes”.',
      ],
      more: 'In a command window it is `certutil -user -addstore Root timebook-office-ca.crt`. For many PCs at once, use the Group Policy “Public Key Policies › Trusted Root Certification Authorities”.',
    },
    firefox: {
      title: 'Firefox on every system',
      steps: [
        'Open Settings › Privacy & Security › Certificates and choose “View Certificates…”.',
        'Under “Authorities”, choose “Import…” and the downloaded file.',
        'Tick “Trust this CA to identify websites” and choose “OK”.',
      ],
      more: 'On Windows and macOS, Firefox 120 and newer also trusts what the system trusts.',
    },
    mac: {
      title: 'Safari and Chrome on macOS',
      steps: [
        'Open the downloaded file: Keychain Access adds it to the keychain “login”. Choose “System” for everybody on this Mac.',
        'Find the certificate there by its name and open it with a double click.',
        'Open “Trust”, choose “Always Trust” beside “When using this certificate”, close the window and give your password.',
      ],
      more: 'In a terminal it is `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain timebook-office-ca.crt`.',
    },
    linux: {
      title: 'Chromium, Chrome and Firefox on Linux',
      steps: [
        'Chromium and Chrome read your NSS store: `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Timebook -i timebook-office-ca.crt`. The command is in the package `libnss3-tools` or `nss-tools`.',
        'Where the system’s list comes from p11-kit (Fedora, Arch, openSUSE), one command serves all browsers: `sudo trust anchor timebook-office-ca.crt`.',
        'On Debian and Ubuntu, other programs read the system’s list: copy the file to `/usr/local/share/ca-certificates/` and run `sudo update-ca-certificates`.',
      ],
      more: 'Firefox has a list of its own: import the file as under “Firefox on every system”.',
    },
    ios: {
      title: 'iPhone and iPad',
      steps: [
        'Download the certificate in Safari and open it under “Files › Downloads”.',
        'Open Settings, tap “Profile Downloaded”, then “Install”.',
        'Open Settings › General › About › Certificate Trust Settings and switch the certificate on. Without this step the warning stays.',
      ],
      more: 'All browsers there follow this switch.',
    },
    android: {
      title: 'Android',
      steps: [
        'Download the certificate.',
        'Open Settings › Security & privacy › More security settings › Encryption & credentials › Install a certificate › CA certificate. Some devices name it differently: search the settings for “certificate”.',
        'Tap “Install anyway” and choose the downloaded file.',
      ],
      more: 'Firefox for Android also needs this: Settings › About Firefox, tap the logo five times; then Settings › Secret Settings › “Use third party CA certificates”.',
    },
  } satisfies Record<Platform, { title: string; steps: string[]; more: string }>,
};

export type Catalogue = typeof en;
