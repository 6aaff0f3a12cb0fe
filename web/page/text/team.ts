import type { Catalogue } from './en/team';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/team').then((m) => m.en), () => import('./de/team').then((m) => m.de));
