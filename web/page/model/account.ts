/** The rules for a sign-in name and a password, as far as the page can tell before the server decides. */

/** What is wrong with a sign-in name; undefined when the server will accept its form. */
export function nameFault(name: string): 'empty' | 'long' | 'characters' | undefined {
  if (name === '') return 'empty';
  if (name.length > NAME_MAX) return 'long';
  return NAME.test(name) ? undefined : 'characters';
}

/** How hard a password is to guess, in steps that have a word each. */
export type Strength = 'short' | 'weak' | 'fair' | 'strong';

/** Judges by length, variety and the obvious; a hint, never a rule: only `short` is refused. */
export function strengthOf(password: string, known: string[] = []): Strength {
  const characters = [...password];
  if (characters.length < PASSWORD_MIN) return 'short';
  const lower = password.toLowerCase();
  const telling = known.map((word) => word.trim().toLowerCase()).filter((word) => word.length >= 3);
  const obvious = [...COMMON, ...telling].some((word) => lower.includes(word) && characters.length - word.length < PASSWORD_MIN);
  const distinct = new Set(characters).size;
  if (obvious || distinct < 5 || isRun(characters)) return 'weak';
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const score = characters.length + 2 * kinds;
  return score >= 20 ? 'strong' : score >= 15 ? 'fair' : 'weak';
}

/** How many characters are missing to the shortest password the server accepts. */
export function missingCharacters(password: string): number {
  return Math.max(0, PASSWORD_MIN - [...password].length);
}

/** Whether most neighbours follow each other, as in `abcdefghij` or `9876543210`. */
function isRun(characters: string[]): boolean {
  const steps = characters.slice(1).map((c, i) => (c.codePointAt(0) ?? 0) - (characters[i]?.codePointAt(0) ?? 0));
  return steps.filter((step) => Math.abs(step) === 1).length > steps.length * 0.7;
}

export const NAME_MAX = 64;
export const PASSWORD_MIN = 10;
/** Beyond this the server refuses; the fields stop there, so that nobody types in vain. */
export const PASSWORD_MAX = 1024;
const NAME = /^[a-z0-9._@-]+$/;
const COMMON = ['password', 'passwort', 'qwerty', 'qwertz', 'letmein', 'timebook', 'welcome', 'willkommen', '123456'];
