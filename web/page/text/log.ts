import type { Catalogue } from './en/log';
import { words } from './words';

export const t: Catalogue = words.log;
