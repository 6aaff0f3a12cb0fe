/** What whoever looks after the server should see to: the bar on every page and Server status show the same. */
import type { Shapes } from '../api/shapes';
import { clock } from './clock.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

export type Concern = Shapes['ServerConcern'];

export const concerns = new Resource<Concern[]>(async () => (await session.call('GET', '/server/concerns')).items, () => clock.now);

/** Disks fill and clocks drift slowly; a backup that failed is tried again after ten minutes. */
export const CONCERNS_MS = 120_000;
