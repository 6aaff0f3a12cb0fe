/** The one-time secret of the set-up link. It travels in the fragment, which no browser sends to a server. */

/** The secret in a fragment such as `#AbC…`, or undefined when there is none or it cannot be one. */
export function secretIn(fragment: string): string | undefined {
  const secret = fragment.replace(/^#/, '').trim();
  return SECRET.test(secret) ? secret : undefined;
}

/** Letters, digits, `-` and `_`, at most 256 of them: anything else was damaged on its way here. */
const SECRET = /^[A-Za-z0-9_-]{1,256}$/;
