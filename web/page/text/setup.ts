import type { Catalogue } from './en/setup';
import { words } from './words';

export const t: Catalogue = words.setup;
