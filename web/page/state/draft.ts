/** What was typed during the set-up, in this browser until the office is set up: a closed tab loses none of it but the password. */
import { draftFrom, type Draft } from '../model/setup';
import { browserZone } from '../model/zones';

const KEY = 'setup';

export function draft(): Draft {
  let text: string | null = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    // Storage is switched off: it begins anew.
  }
  return draftFrom(text, browserZone());
}

/** Was something typed in this browser, of a set-up that is not done as far as it knows? */
export function isBegun(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** Keeps it, or with nothing forgets it. */
export function keepDraft(typed?: Draft): void {
  try {
    if (typed) localStorage.setItem(KEY, JSON.stringify(typed));
    else localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
