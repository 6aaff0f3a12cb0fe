import type { Catalogue } from './en/reports';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/reports').then((m) => m.en), () => import('./de/reports').then((m) => m.de));
