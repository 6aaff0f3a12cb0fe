/** One person, found by name, and how changes of the account are written. */
import { all } from '../../api/all';
import type { User } from '../../api/shapes';
import { settled } from '../../state/act';
import { clock } from '../../state/clock.svelte';
import { follow } from '../../state/follow.svelte';
import { Resource } from '../../state/resource.svelte';
import { session } from '../../state/session.svelte';
import { toasts } from '../../state/toasts.svelte';
import { t } from '../../text';
import { t as words } from '../../text/users';

/** To be called while a component is set up. */
export class Account {
  readonly list = new Resource<User[]>(() => all((query) => session.call('GET', '/users', { query })), () => clock.now);
  #name: () => string;
  /** Whoever has a new name already stays on the page until its address follows. */
  #id = '';
  user = $derived.by(() => {
    const found = this.list.data?.find((user) => user.name === this.#name()) ?? this.list.data?.find((user) => user.id === this.#id);
    this.#id = found?.id ?? this.#id;
    return found;
  });

  constructor(name: () => string) {
    this.#name = name;
    follow(this.list.load, ['user']);
  }

  /** Writes over the version seen; where somebody was faster it asks. Throws what was refused. */
  change = async (user: User, write: (version: number) => Promise<unknown>, done: string = words.saved): Promise<boolean> => {
    const rows = (one: User | undefined) => [one?.name, one?.role, one?.grants.join(', '), one?.mail, one?.time_zone, one?.disabled ? words.disabled : words.active].map((value) => value ?? '');
    const labels = [words.name, words.role, words.rights.more, words.mail, words.account.zone, words.state];
    const wrote = await settled(write, user.version ?? 0, async () => {
      await this.list.load();
      const now = this.list.data?.find((other) => other.id === user.id);
      return { version: now?.version ?? 0, clash: { title: words.changed, rows: labels.map((label, i) => ({ label, mine: rows(user)[i] ?? '', theirs: rows(now)[i] ?? '' })) } };
    });
    if (wrote && done !== '') toasts.say(done);
    await this.list.load();
    return wrote;
  };

  /** What is said when nothing answers. */
  readonly away = { detail: t.server.unreachable, next: t.server.unreachableNext };
}
