/** Long work at the server: one list for every page, so that a reload and another tab show the same. */
import type { Shapes } from '../api/shapes';
import { clock } from './clock.svelte';
import { follow } from './follow.svelte';
import { refreshing } from './refresh';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

export type Job = Shapes['Job'];

class Jobs {
  readonly list = new Resource<Job[]>(async () => (await session.call('GET', '/jobs', { query: { limit: '50' } })).items, () => clock.now);
  running = $derived((this.list.data ?? []).filter((job) => job.state === 'running'));

  /** Keeps the list fresh; to be called while the frame is set up, which is around every page. How far a job is has no event: it is asked for while one runs. */
  watch = () => {
    follow(this.list.load, ['job']);
    const busy = $derived(this.running.length > 0 && !session.ended);
    $effect(() => (busy ? refreshing(this.list.load, () => STEP_MS) : undefined));
  };
}

const STEP_MS = 1000;

export const jobs = new Jobs();
