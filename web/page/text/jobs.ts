import type { Catalogue } from './en/jobs';
import { words } from './words';

export const t: Catalogue = words.jobs;
