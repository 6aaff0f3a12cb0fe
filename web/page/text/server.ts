import type { Catalogue } from './en/server';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/server').then((m) => m.en), () => import('./de/server').then((m) => m.de));
