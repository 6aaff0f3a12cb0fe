import { expect, test } from 'vitest';
import { actorName, before, fits, lastSeq, saidOf, toneOf, type AuditEntry } from './audit';

const entry = (seq: number, action = 'session.open', actor = 'user:1'): AuditEntry => ({ seq, at: '2026-11-23T08:00:00Z', actor, action, subject: 's', about: 'anna', hash: 'aa' });

/** A log of that length; counts how often it is asked. */
function log(length: number) {
  const asked = { times: 0 };
  const ask = async (after: number, limit: number) => {
    asked.times++;
    return Array.from({ length: Math.max(0, Math.min(limit, length - after)) }, (_, i) => entry(after + i + 1));
  };
  return { ask, asked };
}

test('the end of a log is found in few questions, from anywhere', async () => {
  for (const length of [0, 1, 499, 500, 1001, 4321, 250_000]) {
    const { ask, asked } = log(length);
    expect(await lastSeq(ask)).toBe(length);
    expect(asked.times).toBeLessThan(20);
  }
  const { ask, asked } = log(5010);
  expect(await lastSeq(ask, 5000)).toBe(5010);
  expect(asked.times).toBeLessThan(6);
  // A server that was restored from a copy knows fewer than before.
  expect(await lastSeq(log(10).ask, 5000)).toBe(10);
});

test('a page goes back from a number, newest first, down to the first', async () => {
  const { ask } = log(25);
  expect((await before(ask, 26, 10)).map((e) => e.seq)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
  expect((await before(ask, 6, 10)).map((e) => e.seq)).toEqual([5, 4, 3, 2, 1]);
  expect(await before(ask, 1, 10)).toEqual([]);
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
