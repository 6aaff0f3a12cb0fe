/** What a person does with their entries, each with a way to take it back. Failures are said in a toast or thrown to a dialog. */
import { onceKey } from '../api/client';
import { Refused } from '../api/problem';
import type { Entry, EntryFields } from '../api/shapes';
import { said } from '../model/said';
import { rest } from '../rest';
import { t } from '../text';
import { outbox } from './outbox.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

/** What is sent to leave an entry as it is, with some of it changed. */
export function fieldsOf(entry: Entry, changes: Partial<EntryFields> = {}): EntryFields {
  return { start: entry.start, end: entry.end ?? null, project: entry.project ?? null, task: entry.task ?? null, note: entry.note, tags: entry.tags, billable: entry.billable, ...changes };
}

/** Adds an entry. Throws `Refused`. */
export async function add(fields: EntryFields): Promise<void> {
  const entry = await outbox.wish({ kind: 'add', fields });
  toasts.say(entry ? t.outbox.added : t.outbox.waits, entry ? { action: { label: t.undo, run: () => remove(entry, false) } } : {});
}

/** Changes an entry; false when theirs was kept after a clash. Throws `Refused`. */
export async function change(was: Entry, fields: EntryFields): Promise<void> {
  try {
    const entry = await outbox.wish({ kind: 'change', was, fields });
    toasts.say(entry ? t.outbox.changed : t.outbox.waits, entry ? { action: { label: t.undo, run: () => back(entry) } } : {});
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 412) throw error;
    await (await rest()).wishes.clash({ kind: 'change', was, fields });
  }
}

/** Deletes an entry, without asking: it can be taken back. */
export async function remove(was: Entry, tell = true): Promise<void> {
  try {
    await outbox.wish({ kind: 'remove', was });
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 412) throw error;
    await (await rest()).wishes.clash({ kind: 'remove', was });
    return;
  }
  const { start, end, project, task, note, tags, billable } = fieldsOf(was);
  const again = { start, end: end ?? null, project: project ?? null, task: task ?? null, note: note ?? '', tags: tags ?? [], billable: billable ?? null };
  if (tell) toasts.say(t.outbox.deleted, { action: { label: t.undo, run: () => outbox.wish({ kind: 'add', fields: again }) } });
}

/** The same once more, beginning where the first ends. */
export async function duplicate(entry: Entry): Promise<void> {
  const copy = await session.call('POST', '/entries/{id}/duplicate', { path: { id: entry.id }, body: { start: entry.end ?? null }, once: onceKey() });
  toasts.say(t.outbox.added, { action: { label: t.undo, run: () => remove(copy, false) } });
}

/** Makes two of one. Taking it back gives the first its end again, when the second is gone. */
export async function split(entry: Entry, at: string): Promise<void> {
  const { items } = await session.call('POST', '/entries/{id}/split', { path: { id: entry.id }, body: { at }, ifMatch: entry.version, once: onceKey() });
  const [first, second] = [...items].sort((a, b) => a.start.localeCompare(b.start));
  const back = async () => {
    if (!first || !second) return;
    await outbox.wish({ kind: 'remove', was: second });
    await outbox.wish({ kind: 'change', was: first, fields: fieldsOf(first, { end: entry.end ?? null }) });
  };
  toasts.say(t.outbox.changed, { action: { label: t.undo, run: back } });
}

/** Runs something whose failure is said in a toast. */
export async function trying(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { detail, next } = said(error, { detail: t.server.unreachable, next: t.server.unreachableNext });
    toasts.say([detail, next].filter(Boolean).join(' '), { kind: 'bad' });
  }
}

async function back(entry: Entry): Promise<void> {
  await session.call('POST', '/entries/{id}/undo', { path: { id: entry.id }, ifMatch: entry.version, once: onceKey() });
}
