import type { Catalogue } from './en/settings';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/settings').then((m) => m.en), () => import('./de/settings').then((m) => m.de));
