import type { Catalogue } from './en/help';
import { words } from './words';

export const t: Catalogue = words.help;
