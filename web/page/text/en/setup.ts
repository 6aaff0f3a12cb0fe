/** Set-up and one-time links. */
import type { Strength } from '../../model/account';

export const en = {
  setup: {
    title: 'Set up your office',
    intro: 'You create the first administrator. It takes a minute, and everything stays on this server.',
    office: 'Office',
    officeHint: 'As your colleagues know it.',
    name: 'Your sign-in name',
    nameHint: 'Lower-case letters, digits and . _ - @',
    password: 'Password',
    repeat: 'Password again',
    zone: 'Time zone',
    zoneHint: 'Your days begin and end by it.',
    zoneOther: 'Other',
    show: 'Show',
    showLabel: 'Show the password',
    hideLabel: 'Hide the password',
    hide: 'Hide',
    submit: 'Create administrator',
    submitting: 'Creating…',
    nameLong: 'At most 64 characters.',
    nameCharacters: 'Only lower-case letters, digits and . _ - @, without spaces.',
    mismatch: 'The two passwords differ.',
    fix: (count: number) => (count === 1 ? 'One field needs your attention.' : `${count} fields need your attention.`),
    noSecretTitle: 'This page needs the set-up link',
    noSecret: 'Open the whole link that the server printed when it started. It is also in the file “setup-link” in the server’s data folder. For safety this page forgets it when you reload.',
    closedTitle: 'This set-up link can no longer be used',
    closed: 'Either the office already has its administrator, or the link is older than 24 hours. The current link, if there is one, is in the file “setup-link” in the server’s data folder.',
    failed: 'The office was not set up',
    toSignIn: 'Go to sign-in',
  },

  strength: {
    missing: (count: number) => (count === 1 ? '1 more character needed.' : `${count} more characters needed.`),
    short: 'Too short.',
    weak: 'Strength: weak, easy to guess. Add unrelated words.',
    fair: 'Strength: fair. One more word makes it strong.',
    strong: 'Strength: strong.',
    start: 'At least 10 characters. Three or four unrelated words are good.',
  } satisfies Record<Strength, string> & Record<string, unknown>,

  recovery: {
    title: 'Keep this recovery code',
    intro: 'It opens the office key again. If the file office.key is ever lost, the secrets in the data open only with this code. It is shown once, now, and nobody can look it up later.',
    label: 'Recovery code',
    download: 'Download as text file',
    file: 'timebook-recovery-code.txt',
    fileText: (office: string, code: string, day: string) =>
      `Timebook recovery code\r\n\r\nOffice: ${office}\r\nCreated: ${day}\r\n\r\n${code}\r\n\r\nKeep this where a fire or a theft of the server does not reach it.\r\nWhoever has this code and a copy of the data can read everything in it.\r\n`,
    advice: 'Print it or put it into a password safe, not on this server.',
    stored: 'I have stored it',
    continue: 'Continue',
    first: 'Tick “I have stored it” first.',
  },

  link: {
    title: 'Set your password',
    reset: 'Set a new password',
    join: (office: string) => `Join ${office}`,
    name: (name: string) => `You sign in as “${name}”. Nobody else learns the password you choose.`,
    submit: 'Set password',
    failed: 'The password was not set',
    doneTitle: 'Your password is set',
    done: (name: string) => `Sign in as “${name}” with it.`,
    noSecretTitle: 'This page needs the whole link',
    noSecret: 'Open the link your administrator gave you, to its very end. For safety this page forgets it when you reload.',
    closedTitle: 'This link can no longer be used',
    closed: 'It was used, has expired, or a newer one was made. Ask your administrator for another.',
  },
};

export type Catalogue = typeof en;
