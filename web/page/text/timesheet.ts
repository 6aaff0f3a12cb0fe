import type { Catalogue } from './en/timesheet';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/timesheet').then((m) => m.en), () => import('./de/timesheet').then((m) => m.de));
