/** Whatever the first visit does without comes as one file, by one import: each import of its own is a stub and a list of files that say the same. */
export type Rest = typeof import('./rest-of-all');
export const rest = (): Promise<Rest> => import('./rest-of-all');
