import type { Catalogue } from './en/timesheet';
import { words } from './words';

export const t: Catalogue = words.timesheet;
