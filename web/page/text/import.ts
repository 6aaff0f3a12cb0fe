import type { Catalogue } from './en/import';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/import').then((m) => m.en), () => import('./de/import').then((m) => m.de));
