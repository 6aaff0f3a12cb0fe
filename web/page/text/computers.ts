import type { Catalogue } from './en/computers';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/computers').then((m) => m.en), () => import('./de/computers').then((m) => m.de));
