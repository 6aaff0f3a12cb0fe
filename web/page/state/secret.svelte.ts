/** Holds the secret of a link and takes it out of the address bar; and what the set-up must not lose to a reload. */
import { secretIn } from '../model/secret';

/** A text that lasts as long as the tab, where the browser allows that; never longer, because it is a secret. */
class InTab {
  value = $state<string>();
  readonly #key: string | undefined;

  constructor(key?: string) {
    this.#key = key;
    try {
      if (key !== undefined) this.value = sessionStorage.getItem(key) ?? undefined;
    } catch {
      // Storage is switched off: it lasts until the page is reloaded.
    }
  }

  keep = (value: string | undefined) => {
    this.value = value;
    try {
      if (this.#key === undefined) return;
      if (value === undefined) sessionStorage.removeItem(this.#key);
      else sessionStorage.setItem(this.#key, value);
    } catch {
      // As above.
    }
  };

  forget = () => this.keep(undefined);
}

class LinkSecret extends InTab {
  readonly #paths: string[];

  constructor(paths: string[], key?: string) {
    super(key);
    this.#paths = paths;
  }

  /** Reads the fragment and removes it. Also when someone pastes the link again into the same tab, which does not reload. */
  take = () => {
    this.#read();
    addEventListener('hashchange', this.#read);
  };

  #read = () => {
    if (!this.#paths.includes(location.pathname) || location.hash === '') return;
    this.keep(secretIn(location.hash));
    history.replaceState(null, '', location.pathname);
  };
}

/** Of the set-up link: a reload, as another language needs it, does not end the set-up. */
export const setupSecret = new LinkSecret(['/setup'], 'setup');
/** Of a one-time link for a person. */
export const linkSecret = new LinkSecret(['/reset', '/join']);
/** The recovery code, with what its file names, until somebody says that it is stored. */
export const setupCode = new InTab('setup-code');
