/** Who is signed in, and whether the server answers. The only place that calls `/session`. */
import { client, type Call } from '../api/client';
import { Refused, Unreachable } from '../api/problem';
import type { Right, Role, User } from '../api/shapes';
import { t } from '../text';
import { clock } from './clock.svelte';
import { copiesOf, copyOf, dropCopies, keepCopy, USER } from './shelf';

class Session {
  /** `starting` until the first answer; `away` when it never came; then `out` or `in`. */
  phase = $state<'starting' | 'away' | 'out' | 'in'>('starting');
  user = $state.raw<User>();
  /** The session ended while someone was at work: sign-in lies over the page, and the page stays. */
  ended = $state(false);
  /** Something dangerous waits for the password: a dialog asks for it over the page. */
  stepUp = $state(false);
  /** Whether the first administrator is still to be created; undefined until the server said so. */
  setupOpen = $state<boolean>();
  /** Since when nothing answers, in milliseconds; undefined while the server answers. */
  lostAt = $state<number>();
  /** How often nothing answered, or the server could not. */
  losses = 0;
  /** The server answers, and is out of service. */
  stopped = $state(false);
  /** Signed out by the person's own wish a moment ago. */
  left = $state(false);
  /** The server's place in its changes before it said who this is: all that the page reads is at least as new. */
  mark = '';
  role = $derived((this.user?.role ?? 'employee') as Role);
  #waiting: Record<'signed_out' | 'step_up', ((proved: boolean) => void)[]> = { signed_out: [], step_up: [] };

  call: Call = client(
    {
      answered: (date) => {
        this.lostAt = undefined;
        if (date !== undefined) clock.follow(date);
      },
      lost: () => {
        this.losses++;
        this.lostAt ??= clock.now;
      },
      failed: () => {
        this.losses++;
      },
      stopped: () => {
        this.stopped = true;
      },
      proof: (why) => (this.phase === 'in' ? this.#proof(why) : Promise.resolve(false)),
    },
    t.server.odd,
  );

  /** Leads a team: sees and approves its time whatever the role. Told by the frame, which knows the teams. */
  leads = $state(false);

  /** Whether whoever is signed in may do one of these. */
  may = (...rights: (Right | 'leads')[]) => rights.some((right) => (right === 'leads' ? this.leads : this.user?.rights.includes(right)));

  /** Asks who is signed in. */
  start = async () => {
    // While nothing answers, the page that says so stays during the next try.
    if (this.phase !== 'away') this.phase = 'starting';
    try {
      const { user, mark } = await this.call('GET', '/session');
      this.enter(user, mark);
    } catch (error) {
      if (error instanceof Refused) {
        this.stopped = false;
        if (error.problem.status === 401) void dropCopies();
        await this.#askSetup();
      } else if (error instanceof Unreachable) await this.#begin();
      else throw error;
    }
  };

  /** Takes over a user the server has just confirmed. */
  enter = (user: User, mark = '') => {
    const same = this.user === undefined || this.user.id === user.id;
    this.user = user;
    this.mark = mark;
    this.phase = 'in';
    this.ended = false;
    this.left = false;
    this.setupOpen = false;
    this.#serves();
    copiesOf(user.id);
    void keepCopy(USER, { at: clock.now, data: user });
    // What another person wanted to do is not done in this one's name.
    this.#settle('signed_out', same);
  };

  /** `code`: from an app, where the server asks for one (`code_required`). */
  signIn = async (name: string, password: string, code?: string) => {
    const proof = code === undefined ? { name, password } : { name, password, code };
    const { user, mark } = await this.call('POST', '/session', { body: proof });
    this.enter(user, mark);
  };

  /** Asks for the password before something that the browser does by itself, such as a download; false when it was not given. */
  confirm = () => this.#proof('step_up');

  /** Gives the password again, for what waits for it. */
  prove = async (password: string, code?: string) => {
    await this.call('PUT', '/session/step-up', { body: code === undefined ? { password } : { password, code } });
    this.stepUp = false;
    this.#settle('step_up', true);
  };

  /** Leaves what waits for the password undone. */
  dismissStepUp = () => {
    this.stepUp = false;
    this.#settle('step_up', false);
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
    void dropCopies();
    this.phase = 'out';
    this.#settle('signed_out', false);
    this.dismissStepUp();
  };

  /** Asks who is signed in, to learn whether the server answers again and the session still holds. */
  knock = async () => {
    try {
      const { user } = await this.call('GET', '/session');
      // Begun with a copy, or changed meanwhile: what they may do is said anew.
      if (this.phase === 'in') this.user = user;
      this.#serves();
    } catch (error) {
      if (error instanceof Refused) this.stopped = false;
      if (error instanceof Refused && error.problem.status === 401 && this.phase === 'in') this.#end();
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    }
  };

  /** Somebody was let in: it serves, unless they are let in also while it does not. */
  #serves = () => {
    if (!this.may('view_server')) this.stopped = false;
  };

  #proof = (why: 'signed_out' | 'step_up') => {
    if (why === 'signed_out') this.#end();
    else this.stepUp = true;
    return new Promise<boolean>((resolve) => this.#waiting[why].push(resolve));
  };

  #end = () => {
    this.ended = true;
    // Without a session nobody begins with what somebody saw.
    void dropCopies();
  };

  /** Nothing answers: begins with who was signed in here last, or not at all. */
  #begin = async () => {
    const copy = await copyOf<User>(USER);
    if (copy) {
      this.user = copy.data;
      copiesOf(copy.data.id);
    }
    this.phase = copy ? 'in' : 'away';
  };

  #settle = (why: 'signed_out' | 'step_up', proved: boolean) => {
    for (const resolve of this.#waiting[why].splice(0)) resolve(proved);
  };

  #askSetup = async () => {
    try {
      this.setupOpen = (await this.call('GET', '/setup')).open;
      this.phase = 'out';
    } catch (error) {
      // A refusal here leaves sign-in usable; only silence stops the page.
      this.phase = error instanceof Refused ? 'out' : 'away';
    }
  };
}

export const session = new Session();
