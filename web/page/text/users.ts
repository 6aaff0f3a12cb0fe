import type { Catalogue } from './en/users';
import { words } from './words';

export const t: Catalogue = words.users;
