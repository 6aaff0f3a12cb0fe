import type { Catalogue } from './en/help';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/help').then((m) => m.en), () => import('./de/help').then((m) => m.de));
