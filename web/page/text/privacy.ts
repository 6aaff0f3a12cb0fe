import type { Catalogue } from './en/privacy';
import { words } from './words';

export const t: Catalogue = words.privacy;
