import type { Catalogue } from './en/log';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/log').then((m) => m.en), () => import('./de/log').then((m) => m.de));
