import type { Catalogue } from './en/me';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/me').then((m) => m.en), () => import('./de/me').then((m) => m.de));
