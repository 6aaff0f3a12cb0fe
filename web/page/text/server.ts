import type { Catalogue } from './en/server';
import { words } from './words';

export const t: Catalogue = words.server;
