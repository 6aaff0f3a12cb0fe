/** One value from the server. It keeps the last good data while it loads again or fails; under a name also in this browser. */
import { Refused, Unreachable, type Problem } from '../api/problem';
import { copyOf, keepCopy } from './shelf';

export class Resource<T> {
  data = $state.raw<T>();
  problem = $state.raw<Problem>();
  loading = $state(false);
  /** When `data` came, in milliseconds of the page's clock; 0 before. */
  at = $state(0);
  #ask: () => Promise<T>;
  #now: () => number;
  #turn = 0;
  #name: string | undefined;

  constructor(ask: () => Promise<T>, now: () => number, name?: string) {
    this.#ask = ask;
    this.#now = now;
    this.#name = name;
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
      if (this.#name !== undefined) void keepCopy(this.#name, { at: this.at, data });
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error instanceof Refused) {
        // Without a session there is nothing to say here: sign-in lies over the page.
        this.problem = error.problem.status === 401 ? undefined : error.problem;
      } else if (error instanceof Unreachable) {
        this.problem = undefined;
        await this.#begin();
      } else throw error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  };

  /** Takes what an earlier visit saw, while there is nothing else. */
  async #begin() {
    if (this.#name === undefined || this.data !== undefined) return;
    const copy = await copyOf<T>(this.#name);
    if (!copy || this.data !== undefined) return;
    this.data = copy.data;
    this.at = copy.at;
  }
}
