/** Addresses that came from outside and become links. */

/** The absolute form of a web address; undefined for anything a link must not open, such as `javascript:`. */
export function webAddress(address: string, base: string): string | undefined {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    return undefined;
  }
  return address !== '' && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}
