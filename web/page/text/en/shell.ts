/** What every page has: frame, navigation, sign-in, common words. A page's own texts are in a file of its own beside this one. */
import type { FormatWords } from '../../model/format';
import type { Role } from '../../api/shapes';

export const en = {
  /** Used when the browser itself is set to another variant of the language. */
  locale: 'en-GB',
  brand: 'Timebook',
  skip: 'Skip to content',
  wait: 'Loading',
  tryAgain: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  saving: 'Saving…',
  delete: 'Delete',
  edit: 'Edit',
  add: 'Add',
  undo: 'Undo',
  done: 'Done',
  copy: 'Copy',
  copied: 'Copied',
  copyByHand: 'It is selected: press Ctrl+C (⌘C on a Mac).',
  required: 'Fill this in.',
  show: 'Show',
  hide: 'Hide',
  none: 'None',
  today: 'Today',

  format: {
    minutes: (count) => `${count} min`,
    hours: (count, minutes) => (minutes === undefined ? `${count} h` : `${count} h ${minutes}`),
    underAMinute: 'under 1 min',
    justNow: 'just now',
    ago: (count, unit, n) => (unit === 'day' ? `${count} ${n === 1 ? 'day' : 'days'} ago` : `${count} ${unit} ago`),
  } as FormatWords,

  theme: {
    system: 'system',
    light: 'light',
    dark: 'dark',
    button: (now: string, next: string) => `Colours: ${now}. Switch to ${next}.`,
  },

  languages: { en: 'English', de: 'Deutsch' },
  language: 'Language',

  nav: {
    label: 'Main',
    menu: 'Menu',
    groups: { time: 'My time', team: 'Team', server: 'Server' },
    more: 'More',
  },

  pages: {
    certificate: 'Trust the office’s certificate',
    reports: 'Reports',
    approvals: 'Approvals',
    projects: 'Projects',
    project: 'Project',
    team: 'Team',
    person: 'Week of a person',
    server: 'Server status',
    today: 'Today',
    timesheet: 'Timesheet',
    activity: 'My activity',
    privacy: 'Privacy',
    me: 'My profile',
    computers: 'Clients',
    computer: 'Client',
    users: 'Users and rights',
    user: 'Person',
    log: 'Activity log',
    settings: 'Mail and settings',
    import: 'Import',
  },

  palette: {
    label: 'Go to',
    open: 'Go to…',
    placeholder: 'Go to a page, or do something',
    pages: 'Pages and commands',
    nothing: (typed: string) => `Nothing matches “${typed}”.`,
    signOut: 'Sign out',
    theme: (next: string) => `Switch colours to ${next}`,
    language: (other: string) => `Switch language to ${other}`,
    keys: 'Keyboard map',
    command: 'Command',
  },

  keys: {
    title: 'Keyboard map',
    goTo: 'Go to',
    everywhere: 'Everywhere',
    palette: 'Go to a page, or do something',
    help: 'This list',
    newEntry: 'New entry',
    timer: 'Start or stop the timer',
    earlier: 'Earlier and later',
    today: 'Today or this week',
    escape: 'Close what lies over the page',
    on: 'Single keys work',
    onHint: 'Turn them off if you dictate, or press keys by accident. Ctrl+K always works.',
  },

  timer: {
    running: (span: string) => `Running for ${span}`,
    start: 'Start timer',
    stop: 'Stop',
    noNote: 'No note',
    noProject: 'No project',
    stopped: (span: string) => `Stopped after ${span}.`,
    started: 'Timer started.',
    pending: 'Not sent yet',
  },

  runningNow: 'Running now',

  outbox: {
    added: 'Entry added.',
    changed: 'Entry changed.',
    deleted: 'Entry deleted.',
    waits: 'Kept on this device until the server is back.',
    waiting: (count: number) => (count === 1 ? '1 change waits for the server.' : `${count} changes wait for the server.`),
    sent: (count: number) => (count === 1 ? 'The change that waited was sent.' : `${count} changes that waited were sent.`),
    refused: (name: string) => `“${name}” was not taken.`,
    removed: 'Deleted',
    row: ['Note', 'Project', 'Time'],
  },

  server: {
    lost: 'No connection to the server',
    since: (time: string) => `since ${time}. You can keep working: your timer and entries are kept on this device and sent when it is back.`,
    sinceOnly: (time: string) => `since ${time}. Nothing you typed is lost.`,
    lostBeforeStart: 'The server did not answer',
    lostBeforeStartBody: 'Check that the computer it runs on is switched on and that you are in the office’s network.',
    unreachable: 'The server did not answer.',
    unreachableNext: 'Check the network, then try again. Nothing you typed is lost.',
    odd: (status: number) =>
      status < 400 ? 'The server’s answer could not be read.' : status >= 500 ? `The server could not do this just now (${status}).` : `The server refused this (${status}).`,
    live: 'Live',
    offline: 'Offline',
    connecting: 'Connecting',
    newVersion: 'The server has a new version of this page.',
    reload: 'Reload',
    couldNotLoad: 'Could not load this.',
    stale: 'Showing the last known values.',
    updated: (ago: string) => `Updated ${ago}`,
    refresh: 'Refresh',
    pageFailed: 'This page could not be loaded',
    pageFailedBody: 'The server may have been updated, or the network is away.',
  },

  signIn: {
    title: 'Sign in',
    again: 'Sign in again',
    againBody: 'Your session has ended. What you see stays where it is.',
    name: 'Name',
    password: 'Password',
    code: 'Code',
    codeHint: 'The six digits your app shows, or one of your one-time codes.',
    submit: 'Sign in',
    submitting: 'Signing in…',
    failed: 'You are not signed in',
    setupOpenTitle: 'This server is not set up yet',
    setupOpen: 'Open the set-up link that it printed when it started. It is also in the file “setup-link” in its data folder.',
    signedOut: 'You are signed out.',
    forgotten: 'Password forgotten? Your administrator can make you a link to set a new one.',
  },

  stepUp: {
    title: 'Your password, once more',
    body: 'This is a change that only you should be able to make. It counts for five minutes.',
    submit: 'Continue',
    failed: 'Nothing was changed',
  },

  clash: {
    body: 'Somebody changed this meanwhile. Which version is to stay?',
    what: 'What',
    mine: 'Yours',
    theirs: 'Theirs',
    keepMine: 'Keep mine',
    keepTheirs: 'Show theirs',
  },

  confirm: {
    type: (word: string) => `Type “${word}” to confirm`,
    failed: 'It was not done',
  },

  access: { title: 'You do not have access', body: 'This page belongs to another role. Ask an administrator if you need it.' },
  lost: { title: 'There is no such page', body: 'The address may be misspelt.', home: 'Go to Today' },

  role: { employee: 'Employee', manager: 'Manager', administrator: 'Administrator' } satisfies Record<Role, string>,
  signOut: 'Sign out',
  signOutFailed: 'You are still signed in.',
};

export type Catalogue = typeof en;
