/** The agent's own page on the computer it records, where its door always is. */
export const RECORDER = 'http://127.0.0.1:5600/timebook/';
