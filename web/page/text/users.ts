import type { Catalogue } from './en/users';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/users').then((m) => m.en), () => import('./de/users').then((m) => m.de));
