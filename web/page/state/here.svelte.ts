/** What “today” and “9 o’clock” mean for whoever is signed in, and how they read. */
import { dayIn } from '../model/day';
import { formats } from '../model/format';
import { locale, t } from '../text';
import { clock } from './clock.svelte';
import { session } from './session.svelte';

class Here {
  /** IANA name of the person's zone. */
  zone = $derived(session.user?.time_zone ?? 'UTC');
  fmt = $derived(formats(locale, session.user?.time_zone, t.format));
  /** The calendar day now, `YYYY-MM-DD`. */
  today = $derived(dayIn(this.zone, clock.now));
}

export const here = new Here();
