/** Who is signed in, and whether the server answers. The only place that calls `/session`. */
import { client, type Call } from '../api/client';
import { Refused, Unreachable } from '../api/problem';
import type { SetupState, SignedIn, User } from '../api/types';
import { t } from '../text';
import { clock } from './clock.svelte';

class Session {
  /** `starting` until the first answer; `away` when it never came; then `out` or `in`. */
  phase = $state<'starting' | 'away' | 'out' | 'in'>('starting');
  user = $state.raw<User>();
  /** The session ended while someone was at work: sign-in lies over the page, and the page stays. */
  ended = $state(false);
  /** Whether the first administrator is still to be created; undefined until the server said so. */
  setupOpen = $state<boolean>();
  /** Since when nothing answers, in milliseconds; undefined while the server answers. */
  lostAt = $state<number>();
  /** Signed out by the person's own wish a moment ago. */
  left = $state(false);

  call: Call = client(
    {
      answered: (date) => {
        this.lostAt = undefined;
        if (date !== undefined) clock.follow(date);
      },
      lost: () => {
        this.lostAt ??= clock.now;
      },
      signedOut: () => {
        if (this.phase === 'in') this.ended = true;
      },
    },
    t.server.odd,
  );

  /** Asks who is signed in. */
  start = async () => {
    // While nothing answers, the page that says so stays during the next try.
    if (this.phase !== 'away') this.phase = 'starting';
    try {
      this.enter((await this.call<SignedIn>('GET', '/session')).user);
    } catch (error) {
      if (error instanceof Refused) await this.#askSetup();
      else if (error instanceof Unreachable) this.phase = 'away';
      else throw error;
    }
  };

  /** Takes over a user the server has just confirmed. */
  enter = (user: User) => {
    this.user = user;
    this.phase = 'in';
    this.ended = false;
    this.left = false;
    this.setupOpen = false;
  };

  /** `code`: from an app, where the server asks for one (`code_required`). */
  signIn = async (name: string, password: string, code?: string) => {
    const proof = code === undefined ? { name, password } : { name, password, code };
    this.enter((await this.call<SignedIn>('POST', '/session', proof)).user);
  };

  signOut = async () => {
    try {
      await this.call('DELETE', '/session');
    } catch (error) {
      // A session that was over already is as good as ended now.
      if (!(error instanceof Refused && error.problem.status === 401)) throw error;
    }
    this.user = undefined;
    this.ended = false;
    this.left = true;
    this.phase = 'out';
  };

  /** Asks anything, only to learn whether the server answers again. */
  knock = async () => {
    try {
      await this.call<SetupState>('GET', '/setup');
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    }
  };

  #askSetup = async () => {
    try {
      this.setupOpen = (await this.call<SetupState>('GET', '/setup')).open;
      this.phase = 'out';
    } catch (error) {
      // A refusal here leaves sign-in usable; only silence stops the page.
      this.phase = error instanceof Refused ? 'out' : 'away';
    }
  };
}

export const session = new Session();
