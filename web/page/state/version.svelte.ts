/** Notices that the server brings another page than the one that is open, and offers to load it. */
import { t } from '../text';
import { live } from './live.svelte';
import { toasts } from './toasts.svelte';

let known: string | null = null;
let told = false;

/** Looks now, and whenever the stream begins anew: that is when a server was restarted. */
export function watchVersion(): void {
  const look = async () => {
    try {
      const response = await fetch('/index.html', { method: 'HEAD', cache: 'no-store', redirect: 'error' });
      const tag = response.ok ? response.headers.get('etag') : null;
      if (tag === null) return;
      known ??= tag;
      if (tag === known || told) return;
      told = true;
      toasts.say(t.server.newVersion, { stays: true, action: { label: t.server.reload, run: () => location.reload() } });
    } catch {
      // The server is away; the bar says so already.
    }
  };
  void look();
  live.on([], () => void look());
}
