import type { Catalogue } from './en/today';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/today').then((m) => m.en), () => import('./de/today').then((m) => m.de));
