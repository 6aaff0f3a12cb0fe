import type { Catalogue } from './en/projects';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/projects').then((m) => m.en), () => import('./de/projects').then((m) => m.de));
