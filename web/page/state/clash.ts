/** What to do with a change that somebody else overtook: loaded when it happens. */
import { onceKey } from '../api/client';
import type { Entry, EntryFields } from '../api/shapes';
import type { Wish } from '../model/wish';
import { t } from '../text';
import { questions } from './ask.svelte';
import { catalog } from './catalog.svelte';
import { here } from './here.svelte';
import { send } from './outbox.svelte';
import { session } from './session.svelte';

/** “Theirs or mine” about an entry that was changed meanwhile. With what the server made of mine, or with theirs where that stays. */
export async function clash(wish: Extract<Wish, { kind: 'change' | 'remove' }>): Promise<Entry | undefined> {
  const theirs = await session.call('GET', '/entries/{id}', { path: { id: wish.was.id } });
  const said = (entry: Entry | EntryFields) => [entry.note || t.timer.noNote, catalog.projects.get(entry.project ?? '')?.name ?? t.timer.noProject, span(entry)];
  const [mine, other] = [wish.kind === 'remove' ? t.outbox.row.map(() => t.outbox.removed) : said(wish.fields), said(theirs)];
  const rows = t.outbox.row.map((label, i) => ({ label, mine: mine[i] ?? '', theirs: other[i] ?? '' }));
  if ((await questions.settle({ title: nameOf(wish), rows })) === 'theirs') return theirs;
  return send({ key: onceKey(), person: '', at: 0, wish: { ...wish, was: theirs } });
}

const span = (entry: Entry | EntryFields) => `${here.fmt.dayTime(entry.start)} – ${entry.end ? here.fmt.time(entry.end) : ''}`;

/** What a wish is about, for a sentence. */
export function nameOf(wish: Wish): string {
  if (wish.kind === 'stop') return t.timer.stop;
  const entry = wish.kind === 'remove' ? wish.was : wish.fields;
  return entry.note || catalog.projects.get(entry.project ?? '')?.name || t.timer.noNote;
}
