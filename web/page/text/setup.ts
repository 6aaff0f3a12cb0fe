import type { Catalogue } from './en/setup';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/setup').then((m) => m.en), () => import('./de/setup').then((m) => m.de));
