import type { Catalogue } from './en/chart';
import { words } from './words';

export const t: Catalogue = words.chart;
