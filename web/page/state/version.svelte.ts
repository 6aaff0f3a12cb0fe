/** Notices that the server brings another page than the one that is open, and offers to load it. */
import { t } from '../text';
import { live } from './live.svelte';
import { toasts } from './toasts.svelte';

/** Whoever began with a kept page finds out as well: what counts is what this page is, not what the server had first. */
const own = document.querySelector('script[type=module]')?.getAttribute('src') ?? '';
let told = false;

/** Looks now, and whenever the stream begins anew: that is when a server was restarted. */
export function watchVersion(): void {
  const look = async () => {
    try {
      const response = await fetch('/index.html', { cache: 'no-store', redirect: 'error' });
      if (told || !response.ok || (await response.text()).includes(`"${own}"`)) return;
      told = true;
      toasts.say(t.server.newVersion, { stays: true, action: { label: t.server.reload, run: () => location.reload() } });
    } catch {
      // The server is away; the bar says so already.
    }
  };
  void look();
  live.on([], () => void look());
}
