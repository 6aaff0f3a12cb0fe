import { pick } from './pick';
import type { Catalogue } from './en/activity';

export const t: Catalogue = await pick(() => import('./en/activity').then((m) => m.en), () => import('./de/activity').then((m) => m.de));
