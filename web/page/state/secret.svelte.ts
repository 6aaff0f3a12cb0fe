/** Holds the secret of the set-up link in memory only, and takes it out of the address bar. */
import { secretIn } from '../model/secret';

class SetupSecret {
  value = $state<string>();

  /** Reads the fragment and removes it. Also when someone pastes the link again into the same tab, which does not reload. */
  take = () => {
    this.#read();
    addEventListener('hashchange', this.#read);
  };

  forget = () => {
    this.value = undefined;
  };

  #read = () => {
    if (location.pathname !== '/setup' || location.hash === '') return;
    this.value = secretIn(location.hash);
    history.replaceState(null, '', location.pathname);
  };
}

export const setupSecret = new SetupSecret();
