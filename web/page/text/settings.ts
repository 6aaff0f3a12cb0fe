import type { Catalogue } from './en/settings';
import { words } from './words';

export const t: Catalogue = words.settings;
