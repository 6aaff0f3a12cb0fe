import type { Catalogue } from './en/team';
import { words } from './words';

export const t: Catalogue = words.team;
