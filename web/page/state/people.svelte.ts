/** Names for ids: who people are, for whoever may see them all. */
import { all } from '../api/all';
import type { User } from '../api/shapes';
import { actorName } from '../model/audit';
import { t as words } from '../text/log';
import { clock } from './clock.svelte';
import { follow } from './follow.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

/** To be called while a component is set up. */
export class People {
  readonly list = new Resource<User[]>(() => all((query) => session.call('GET', '/users', { query })), () => clock.now);
  byId = $derived(new Map((this.list.data ?? []).map((user) => [user.id, user.name])));

  constructor() {
    // Others are told of nobody but themselves, which names their own entries.
    follow(this.list.load, ['user']);
  }

  /** Who did something, for people. */
  actor = (actor: string): string => actorName(actor, this.byId, words);
}
