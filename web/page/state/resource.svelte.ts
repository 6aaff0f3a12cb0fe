/** One value from the server. It keeps the last good data while it loads again or fails. */
import { Refused, Unreachable, type Problem } from '../api/problem';

export class Resource<T> {
  data = $state.raw<T>();
  problem = $state.raw<Problem>();
  loading = $state(false);
  /** When `data` came, in milliseconds of the page's clock; 0 before. */
  at = $state(0);
  #ask: () => Promise<T>;
  #now: () => number;
  #turn = 0;

  constructor(ask: () => Promise<T>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Loads again. An answer that was overtaken by a later question is dropped. Never throws: the failure is in `problem`. */
  load = async () => {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const data = await this.#ask();
      if (turn !== this.#turn) return;
      this.data = data;
      this.problem = undefined;
      this.at = this.#now();
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof Refused) {
        // Without a session there is nothing to say here: sign-in lies over the page.
        this.problem = error.problem.status === 401 ? undefined : error.problem;
      } else if (error instanceof Unreachable) {
        this.problem = undefined;
      } else throw error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  };
}
