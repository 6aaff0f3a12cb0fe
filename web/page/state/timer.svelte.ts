/** The running timer, which every page shows. */
import { onceKey } from '../api/client';
import type { Entry, Shapes } from '../api/shapes';
import { said } from '../model/said';
import { t } from '../text';
import { clock } from './clock.svelte';
import { here } from './here.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

class Timer {
  readonly at = new Resource<Entry | null>(
    async () => (await session.call('GET', '/timer')).entry ?? null,
    () => clock.now,
  );
  busy = $state(false);
  entry = $derived(this.at.data ?? undefined);
  known = $derived(this.at.data !== undefined);
  runsMs = $derived(this.entry ? Math.max(0, clock.now - Date.parse(this.entry.start)) : 0);

  load = () => this.at.load();

  /** Starts on this; what runs ends there. */
  start = (fields: Shapes['TimerFields'] = {}) => this.#do(async () => {
    const { overlaps: _, ...entry } = await session.call('POST', '/timer', { body: fields, once: onceKey() });
    this.at.data = entry;
    toasts.say(t.timer.started);
  });

  /** Stops what runs, now or at an earlier moment. */
  stop = (end?: string) => this.#do(async () => {
    const was = this.entry;
    const entry = await session.call('POST', '/timer/stop', { body: end === undefined ? {} : { end }, once: onceKey() });
    this.at.data = null;
    toasts.say(t.timer.stopped(here.fmt.duration(Date.parse(entry.end ?? '') - Date.parse(entry.start))), {
      action: {
        label: t.undo,
        run: async () => {
          if (!was) return;
          await session.call('POST', '/entries/{id}/undo', { path: { id: entry.id }, ifMatch: entry.version, once: onceKey() });
          await this.load();
        },
      },
    });
  });

  #do = async (work: () => Promise<void>) => {
    if (this.busy) return;
    this.busy = true;
    try {
      await work();
    } catch (error) {
      const { detail, next } = said(error, { detail: t.server.unreachable, next: t.server.unreachableNext });
      toasts.say([t.timer.failed, detail, next].filter(Boolean).join(' '), { kind: 'bad' });
      await this.load();
    } finally {
      this.busy = false;
    }
  };
}

export const timer = new Timer();
