/** One value from the server. It keeps the last good data while it loads again or fails; under a name a copy of it lasts in this browser. */
import { Refused, Unreachable, type Problem } from '../api/problem';
import { copyOf, keepCopy } from './shelf';

interface Copying<T> {
  name: string;
  /** Whether a copy is kept of this value; of any when left out. */
  keeps?: (data: T) => boolean;
  /** Whether this is the answer to what is asked for now; one that is not never stays in its place while nothing answers. */
  fits?: (data: T) => boolean;
}

export class Resource<T> {
  data = $state.raw<T>();
  problem = $state.raw<Problem>();
  loading = $state(false);
  /** When `data` came, in milliseconds of the page's clock; 0 before. */
  at = $state(0);
  /** `data` is what an earlier visit saw. */
  old = $state(false);
  #ask: () => Promise<T>;
  #now: () => number;
  #turn = 0;
  #copy: Copying<T> | undefined;

  /** `copy`: the name of its copy, and which values it is for. */
  constructor(ask: () => Promise<T>, now: () => number, copy?: string | Copying<T>) {
    this.#ask = ask;
    this.#now = now;
    this.#copy = typeof copy === 'string' ? { name: copy } : copy;
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
      this.old = false;
      this.at = this.#now();
      if (this.#copy && (this.#copy.keeps?.(data) ?? true)) void keepCopy(this.#copy.name, { at: this.at, data });
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
    const fits = this.#copy?.fits ?? (() => true);
    if (this.data !== undefined && fits(this.data)) return;
    const turn = this.#turn;
    const copy = this.#copy && (await copyOf<T>(this.#copy.name));
    if (turn !== this.#turn) return;
    this.old = copy !== undefined && fits(copy.data);
    this.data = this.old ? copy?.data : undefined;
    this.at = this.old ? (copy?.at ?? 0) : 0;
  }
}
