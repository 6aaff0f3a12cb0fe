import type { Catalogue } from './en/import';
import { words } from './words';

export const t: Catalogue = words.import;
