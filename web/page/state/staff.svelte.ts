/** Who works here and in which teams, as far as the person may see. */
import { all } from '../api/all';
import type { Shapes, User } from '../api/shapes';
import { clock } from './clock.svelte';
import { follow } from './follow.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

export type Team = Shapes['Team'];

/** To be made while a component is set up. */
export class Staff {
  readonly list = new Resource<{ users: User[]; teams: Team[] }>(
    async () => {
      const [users, teams] = await Promise.all([all((query) => session.call('GET', '/users', { query })), all((query) => session.call('GET', '/teams', { query }))]);
      return { users, teams };
    },
    () => clock.now,
  );
  users = $derived([...(this.list.data?.users ?? [])].sort((a, b) => a.name.localeCompare(b.name)));
  teams = $derived([...(this.list.data?.teams ?? [])].sort((a, b) => a.name.localeCompare(b.name)));
  names = $derived(new Map(this.users.map((user) => [user.id, user.name])));

  constructor() {
    follow(this.list.load, ['user', 'team']);
  }

  teamsOf = (name: string): Team[] => this.teams.filter((team) => team.members.includes(name) || team.leads.includes(name));
}
