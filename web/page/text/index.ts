/** The frame's texts in the language of the page, and how a page gets its own: see `README.md`. */
import { language } from '../state/language';
import type { Catalogue } from './en/shell';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/shell').then((m) => m.en), () => import('./de/shell').then((m) => m.de));

/** The browser's own variant of the page's language (12 or 24 hours, day before month), or ours when it is set to another. */
export const locale: string = navigator.languages.find((tag) => tag.split('-')[0] === language) ?? t.locale;
