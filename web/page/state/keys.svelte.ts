/** Single keys: `g t` goes to Today, `n` makes a new entry. Never while somebody types, and they can be turned off (WCAG 2.1.4). */
import { routes } from '../routes';
import { router } from './router.svelte';
import { session } from './session.svelte';

class Keys {
  palette = $state(false);
  help = $state(false);
  on = $state(localStorageSays() !== 'off');
  #chord = '';
  #actions = new Map<string, () => void>();

  /** A view's own key, such as `n` or `[`; returns the way to give it back. */
  bind = (key: string, run: () => void) => {
    this.#actions.set(key, run);
    return () => {
      if (this.#actions.get(key) === run) this.#actions.delete(key);
    };
  };

  turn = (on: boolean) => {
    this.on = on;
    try {
      if (on) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, 'off');
    } catch {
      // The choice then lasts until the page is reloaded.
    }
  };

  press = (event: KeyboardEvent) => {
    if (session.phase !== 'in') return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      this.palette = true;
      return;
    }
    const target = event.target as Element;
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || target.closest?.('input,select,textarea,dialog,[contenteditable],[data-keys]')) return;
    if (this.#chord === 'g') {
      this.#chord = '';
      const route = routes.find((route) => route.key === event.key && (route.open?.(session.may) ?? true));
      if (route) router.go(route.path);
      return;
    }
    if (event.key === 'g') {
      this.#chord = 'g';
      setTimeout(() => (this.#chord = ''), CHORD_MS);
      return;
    }
    if (event.key === '?') this.help = true;
    else if (this.#actions.has(event.key)) this.#actions.get(event.key)?.();
    else return;
    event.preventDefault();
  };
}

function localStorageSays(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const KEY = 'keys';
const CHORD_MS = 1200;

export const keys = new Keys();
