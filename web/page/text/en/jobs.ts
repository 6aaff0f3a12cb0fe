/** Long work: what runs and what came of it. */
export const en = {
  title: 'Running now',
  none: 'Nothing is running. Exports and imports show their progress here.',
  rest: (span: string) => `about ${span} left`,
  rate: (amount: string) => `${amount} per second`,
  rows: (count: string) => `${count} rows`,
  seconds: (count: string) => `${count} s`,
  cancel: 'Cancel',
  cancelOf: (what: string) => `Cancel: ${what}`,
  cancelled: (what: string) => `Cancelled: ${what}`,
  download: 'Download',
  forget: 'Remove from the list',
  forgetOf: (what: string) => `Remove from the list: ${what}`,
  by: (who: string) => `for ${who}`,
  more: (count: number) => `and ${count} more that ended today`,
  kinds: {
    activity_csv: 'Recorded activity as a table', person_data: 'Everything recorded about a person', activitywatch: 'Recorded activity for ActivityWatch',
    import: 'Import', import_undo: 'Taking an import out again', entries_csv: 'Time entries as a table', backup: 'Backup', backup_check: 'Check of a backup',
  } as Record<string, string>,
  states: { running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled', broken_off: 'Broken off' } as Record<string, string>,
};

export type Catalogue = typeof en;
