import type { Catalogue } from './en/projects';
import { words } from './words';

export const t: Catalogue = words.projects;
