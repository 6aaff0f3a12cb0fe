/** Whether recording is paused on a computer of one's own, as far as the office was told. */
import { all } from '../api/all';
import type { Device } from '../api/shapes';
import { isPaused } from '../model/computer';
import { clock } from './clock.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

class Recorder {
  readonly own = new Resource<Device[]>(() => all((query) => session.call('GET', '/devices', { query: { ...query, user: session.user?.name ?? '' } })), () => clock.now);
  paused = $derived((this.own.data ?? []).find((device) => isPaused(device, clock.now)));
}

export const recorder = new Recorder();
