import type { Catalogue } from './en/chart';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/chart').then((m) => m.en), () => import('./de/chart').then((m) => m.de));
