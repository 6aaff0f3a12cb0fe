/** Holds the secret of a link in memory only, and takes it out of the address bar. */
import { secretIn } from '../model/secret';

class LinkSecret {
  value = $state<string>();
  readonly #paths: string[];

  constructor(paths: string[]) {
    this.#paths = paths;
  }

  /** Reads the fragment and removes it. Also when someone pastes the link again into the same tab, which does not reload. */
  take = () => {
    this.#read();
    addEventListener('hashchange', this.#read);
  };

  forget = () => {
    this.value = undefined;
  };

  #read = () => {
    if (!this.#paths.includes(location.pathname) || location.hash === '') return;
    this.value = secretIn(location.hash);
    history.replaceState(null, '', location.pathname);
  };
}

/** Of the set-up link. */
export const setupSecret = new LinkSecret(['/setup']);
/** Of a one-time link for a person. */
export const linkSecret = new LinkSecret(['/reset', '/join']);
