import type { Catalogue } from './en/approvals';
import { pick } from './pick';

export const t: Catalogue = await pick(() => import('./en/approvals').then((m) => m.en), () => import('./de/approvals').then((m) => m.de));
