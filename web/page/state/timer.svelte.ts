/** The running timer, which every page shows. Works without the server: what it does is kept and sent later. */
import type { Entry, Shapes } from '../api/shapes';
import { lengthOf } from '../model/entry';
import { running } from '../model/wish';
import { t } from '../text';
import { trying } from './book';
import { clock } from './clock.svelte';
import { here } from './here.svelte';
import { outbox } from './outbox.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

class Timer {
  readonly at = new Resource<Entry | null>(
    async () => (await session.call('GET', '/timer')).entry ?? null,
    () => clock.now,
    'timer',
  );
  busy = $state(false);
  entry = $derived(running(this.at.data, outbox.kept, session.user?.id ?? ''));
  /** Also where nothing answers or the server refuses: starting one works all the same, and of two the newer counts. */
  known = $derived(this.at.data !== undefined || this.at.problem !== undefined || session.lostAt !== undefined);
  runsMs = $derived(this.entry ? lengthOf(this.entry, clock.now) : 0);

  load = () => this.at.load();

  /** Starts on this; what runs ends there. */
  start = (fields: Omit<Shapes['TimerFields'], 'start'> = {}) => this.#do(async () => {
    const entry = await outbox.wish({ kind: 'start', fields: { ...fields, start: new Date(clock.now).toISOString() } });
    if (entry) this.at.data = entry;
    toasts.say(entry ? t.timer.started : t.outbox.waits);
  });

  /** Stops what runs, now or at an earlier moment. */
  stop = (end?: string) => this.#do(async () => {
    const was = this.entry;
    if (!was) return;
    const until = end ?? new Date(clock.now).toISOString();
    const entry = await outbox.wish({ kind: 'stop', end: until });
    if (entry) this.at.data = null;
    const lasted = t.timer.stopped(here.fmt.duration(Date.parse(until) - Date.parse(was.start)));
    if (!entry) return void toasts.say(`${lasted} ${t.outbox.waits}`);
    const undo = async () => {
      await session.call('POST', '/entries/{id}/undo', { path: { id: entry.id }, ifMatch: entry.version });
      await this.load();
    };
    toasts.say(lasted, { action: { label: t.undo, run: undo } });
  });

  #do = async (work: () => Promise<unknown>) => {
    if (this.busy) return;
    this.busy = true;
    await trying(work);
    this.busy = false;
  };
}

export const timer = new Timer();
