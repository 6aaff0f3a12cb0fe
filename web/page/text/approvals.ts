import type { Catalogue } from './en/approvals';
import { words } from './words';

export const t: Catalogue = words.approvals;
