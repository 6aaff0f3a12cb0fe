/** Which way of trusting a certificate is the reader's own, and how a fingerprint reads. */

export const PLATFORMS = ['windows', 'firefox', 'mac', 'linux', 'ios', 'android'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** By what the browser says of itself; a browser that says nothing we know is taken for Windows, which most are. */
export function platformOf(agent: string): Platform {
  if (/Android/.test(agent)) return 'android';
  if (/iPhone|iPad|iPod/.test(agent)) return 'ios';
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Mac OS X/.test(agent)) return 'mac';
  return /Linux|CrOS/.test(agent) ? 'linux' : 'windows';
}

/** As browsers show it: `AB:CD:…`. */
export const inPairs = (digest: string): string => (digest.toUpperCase().match(/../g) ?? []).join(':');

/** Text in which backticks mark what is typed or read letter by letter: every second part is that. */
export const partsOf = (text: string): string[] => text.split('`');
