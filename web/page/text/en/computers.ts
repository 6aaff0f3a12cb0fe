/** The page of computers. */
import type { ComputerState } from '../../model/computer';

export const en = {
  computers: {
    title: 'Computers',
    add: 'Add a computer',
    name: 'Computer',
    person: 'Records for',
    contact: 'Last contact',
    state: 'State',
    token: 'Access token',
    never: 'Never',
    empty: 'No computers yet.',
    states: { connected: 'In contact', quiet: 'Not heard lately', known: 'Set up', waiting: 'Waiting for first contact', removed: 'Removed' } satisfies Record<ComputerState, string>,
  },

  invite: {
    nameLong: 'At most 64 characters.',
    nameCharacters: 'Only lower-case letters, digits and . _ - @, without spaces.',
    title: 'Add a computer',
    person: 'Whose computer is it?',
    personHint: 'Their sign-in name. The computer records for this person.',
    submit: 'Create enrollment code',
    submitting: 'Creating…',
    failed: 'No code was created',
    step1: 'Download Timebook to that computer',
    step1Body: 'This is the server’s own program, for the same operating system.',
    download: 'Download Timebook',
    step2: 'Run this there, once',
    command: (code: string) => `timebook agent enroll ${code}`,
    commandLabel: 'Command',
    codeLabel: 'Enrollment code alone',
    expires: (when: string) => `Works for one computer, until ${when}. Keep it to yourself: whoever has it can add a computer.`,
    waiting: 'Waiting for the computer to call in…',
    joined: (name: string) => `${name} has joined.`,
    noDownload: 'The server gave no download address: copy its own program file to that computer.',
  },
};

export type Catalogue = typeof en;
