import type { Catalogue } from './en/activity';
import { words } from './words';

export const t: Catalogue = words.activity;
