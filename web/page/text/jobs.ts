import type { Catalogue } from './en/jobs';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/jobs').then((m) => m.en), () => import('./de/jobs').then((m) => m.de));
