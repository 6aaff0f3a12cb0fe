import type { Catalogue } from './en/privacy';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/privacy').then((m) => m.en), () => import('./de/privacy').then((m) => m.de));
