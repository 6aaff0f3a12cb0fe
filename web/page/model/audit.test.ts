import { expect, test } from 'vitest';
import { actorName, caughtUp, fits, saidOf, toneOf, type AskAudit, type AuditEntry } from './audit';

const entry = (seq: number, action = 'session.open', actor = 'user:1'): AuditEntry => ({ seq, at: '2026-11-23T08:00:00Z', actor, action, subject: 's', about: 'anna', hash: 'aa' });

/** A log of that length, which counts how often it is asked. */
function log(length: number, hash = 'aa') {
  const asked = { times: 0 };
  const all = Array.from({ length }, (_, i) => ({ ...entry(i + 1), hash }));
  const ask: AskAudit = async (place, limit) => {
    asked.times++;
    return 'after' in place ? all.slice(place.after, place.after + limit) : all.slice(0, Math.max(0, place.before - 1)).reverse().slice(0, limit);
  };
  return { ask, asked };
}
const seqs = (entries: AuditEntry[]) => entries.map((each) => each.seq);

test('the newest come first, and what came meanwhile is put above them', async () => {
  expect(await caughtUp(log(0).ask, [], 10)).toEqual([]);
  const known = await caughtUp(log(25).ask, [], 3);
  expect(seqs(known)).toEqual([25, 24, 23]);
  const later = log(27);
  expect(seqs(await caughtUp(later.ask, known, 3))).toEqual([27, 26, 25, 24, 23]);
  expect(later.asked.times).toBe(2);
  const same = log(25);
  expect(await caughtUp(same.ask, known, 3)).toBe(known);
  expect(same.asked.times).toBe(1);
});

test('what was missed for long, or is another log, begins anew', async () => {
  const known = await caughtUp(log(25).ask, [], 3);
  expect(seqs(await caughtUp(log(40).ask, known, 3))).toEqual([40, 39, 38]);
  expect(seqs(await caughtUp(log(10).ask, known, 3))).toEqual([10, 9, 8]);
  expect((await caughtUp(log(25, 'bb').ask, known, 3))[0]?.hash).toBe('bb');
});

test('a filter takes who, what, a text and a span', () => {
  const none = { who: '', what: '', text: '', from: undefined, to: undefined };
  expect(fits(entry(1), none)).toBe(true);
  expect(fits(entry(1), { ...none, who: 'user:2' })).toBe(false);
  expect(fits(entry(1), { ...none, what: 'session' })).toBe(true);
  expect(fits(entry(1), { ...none, what: 'sess' })).toBe(false);
  expect(fits(entry(1), { ...none, text: 'ANNA' })).toBe(true);
  expect(fits(entry(1), { ...none, from: Date.parse('2026-11-23T08:00:01Z') })).toBe(false);
  expect(fits(entry(1), { ...none, to: Date.parse('2026-11-23T08:00:00Z') })).toBe(false);
});

test('refused sign-ins stand out', () => {
  expect([toneOf('session.refused'), toneOf('user.disable'), toneOf('team.put')]).toEqual(['bad', 'warn', 'info']);
});

test('whoever did it has a name, and a word nobody translated is shown as it is', () => {
  const words = { system: 'T', stranger: 'S', computer: 'C', gone: 'G', terminal: (name: string) => `${name}!` };
  const people = new Map([['1', 'anna']]);
  expect(['user:1', 'user:2', 'local:root', 'device:9', 'anyone', 'system'].map((actor) => actorName(actor, people, words))).toEqual(['anna', 'G', 'root!', 'C', 'S', 'T']);
  expect(saidOf('user.add', { 'user.add': 'Added' })).toBe('Added');
  expect(saidOf('new.thing', {})).toBe('new.thing');
});
