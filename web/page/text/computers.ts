import type { Catalogue } from './en/computers';
import { words } from './words';

export const t: Catalogue = words.computers;
