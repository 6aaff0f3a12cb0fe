import type { Catalogue } from './en/me';
import { words } from './words';

export const t: Catalogue = words.me;
