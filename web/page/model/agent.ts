/** What a browser calls itself, as people call it. Pure. */

export interface Agent {
  /** Undefined for a program that is no browser we know. */
  browser?: string;
  system?: string;
}

/** From the header of a sign-in. Every browser claims to be several: the most particular name counts. */
export function agentOf(said: string): Agent {
  const found = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(said))?.[1];
  const browser = found(BROWSERS);
  const system = found(SYSTEMS);
  return { ...(browser && { browser }), ...(system && { system }) };
}

const BROWSERS: [RegExp, string][] = [[/\bEdg(A|iOS)?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bVivaldi\//, 'Vivaldi'], [/\b(Firefox|FxiOS)\//, 'Firefox'], [/\b(HeadlessChrome|Chrome|CriOS)\//, 'Chrome'], [/\bSafari\//, 'Safari']];
const SYSTEMS: [RegExp, string][] = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux|X11/, 'Linux']];
