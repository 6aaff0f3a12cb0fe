import type { Catalogue } from './en/reports';
import { words } from './words';

export const t: Catalogue = words.reports;
