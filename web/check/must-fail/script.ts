// A mistake on purpose, see ../alive.mjs.
export const minutes: number = 'sixty';
