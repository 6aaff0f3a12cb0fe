/** Which language the page speaks: the person's choice on this browser, or the browser's own. A change loads the page anew. */
export type Language = 'en' | 'de';
export const LANGUAGES: readonly Language[] = ['en', 'de'];

// Above what reads it while this file loads.
const KEY = 'language';

const known = (tag: string | null | undefined): Language | undefined => LANGUAGES.find((language) => language === tag?.split('-')[0]);

function chosen(): Language | undefined {
  try {
    return known(localStorage.getItem(KEY));
  } catch {
    // Storage may be switched off.
    return undefined;
  }
}

export const language: Language = chosen() ?? navigator.languages.map(known).find((found) => found !== undefined) ?? 'en';

/** `undefined`: as the browser says. */
export function choose(wish: Language | undefined): void {
  try {
    if (wish === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, wish);
  } catch {
    // The choice cannot be kept, so there is nothing to load anew for.
    return;
  }
  location.reload();
}
