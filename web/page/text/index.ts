/** The texts in use. English is the only language so far; the choice between languages will live here. */
import { en, type Catalogue } from './en';

export const t: Catalogue = en;

/** The browser's own variant of the page's language (12 or 24 hours, day before month), or ours when it is set to another. */
export const locale: string = navigator.languages.find((tag) => tag.split('-')[0] === t.language) ?? t.locale;
