import { describe, expect, test } from 'vitest';
import type { Device } from '../api/shapes';
import { en } from '../text/en/shell';
import { missingCharacters, nameFault, strengthOf } from './account';
import { byContact, isPaused, matching, programOf, recordingFor, stateOf } from './computer';
import { addDays, dayIn, daysBetween, hourIn } from './day';
import { formats } from './format';
import { webAddress } from './link';
import { secretIn } from './secret';
import { zoneGroups } from './zones';

describe('the set-up secret', () => {
  test('is what follows the hash', () => expect(secretIn('#AbC-12_x')).toBe('AbC-12_x'));
  test.each(['', '#', '#<script>', '#a b', '#' + 'x'.repeat(257)])('is refused when damaged: %s', (fragment) => expect(secretIn(fragment)).toBeUndefined());
});

describe('a sign-in name', () => {
  test.each(['mara', 'mara.lindt@office', 'a-b_c.9', 'x'.repeat(64)])('%s is fine', (name) => expect(nameFault(name)).toBeUndefined());
  test.each([['', 'empty'], ['x'.repeat(65), 'long'], ['Mara', 'characters'], ['ma ra', 'characters'], ['mära', 'characters']])('%s is %s', (name, fault) => expect(nameFault(name)).toBe(fault));
});

describe('a password', () => {
  test.each([
    ['123456789', 'short'],
    ['1234567890', 'weak'],
    ['aaaaaaaaaaaaaaaaaaaa', 'weak'],
    ['password12', 'weak'],
    ['maralindt1', 'weak'],
    ['kreidefelsen', 'weak'],
    ['Kreidefelsen9', 'fair'],
    ['correct horse battery', 'strong'],
    ['Wald-Ofen-7-Regen', 'strong'],
  ])('%s is %s', (password, strength) => expect(strengthOf(password, ['maralindt', 'x'])).toBe(strength));
  test('counts characters, not code units', () => {
    expect(strengthOf('🦉'.repeat(9))).toBe('short');
    expect(missingCharacters('🦉'.repeat(9))).toBe(1);
    expect(missingCharacters('long enough already')).toBe(0);
  });
});

describe('days', () => {
  test('are those of the person’s zone', () => {
    const late = Date.parse('2026-11-22T23:30:00Z');
    expect(dayIn('Europe/Berlin', late)).toBe('2026-11-23');
    expect(dayIn('America/New_York', late)).toBe('2026-11-22');
    expect(hourIn('Europe/Berlin', late)).toBe(0);
  });
  test('are counted by the calendar, also when clocks change and months end', () => {
    expect(addDays('2026-10-25', 1)).toBe('2026-10-26');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(daysBetween('2026-12-30', '2027-01-02')).toEqual(['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02']);
    expect(daysBetween('2026-12-30', '2026-12-29')).toEqual([]);
    expect(daysBetween('0001-01-01', '9999-01-01').length).toBeLessThanOrEqual(1100);
  });
});

describe('a computer', () => {
  test('says which Timebook runs there, when it was heard', () => {
    const of = (program?: string, system?: string) => programOf({ program, system } as Parameters<typeof programOf>[0]);
    expect([of(), of('0.1.0'), of('0.1.0', 'macos'), of('0.1.0', 'plan9')]).toEqual(['–', '0.1.0', '0.1.0, macOS', '0.1.0, plan9']);
  });

  const now = Date.parse('2026-11-22T12:00:00Z');
  const device = (id: string, last_contact: string | null, revoked: string | null = null, person = 'mara'): Device => ({ id, name: id, person, kind: 'agent', enrolled: '2026-11-01T00:00:00Z', last_contact, last_contact_day: last_contact?.slice(0, 10) ?? null, revoked });
  const [fresh, old, never, gone] = [device('fresh', '2026-11-22T11:55:00Z'), device('old', '2026-11-22T11:00:00Z'), device('never', null), device('gone', '2026-11-22T11:59:00Z', '2026-11-22T11:59:30Z')];
  test('is what its last contact says', () => expect([fresh, old, never, gone].map((d) => stateOf(d, now))).toEqual(['connected', 'quiet', 'waiting', 'removed']));
  test('of somebody else tells no minute, and is quiet after some days', () => {
    expect(stateOf({ ...fresh, last_contact: null }, now)).toBe('known');
    expect(stateOf({ ...fresh, last_contact: null }, now + 6 * 86_400_000)).toBe('quiet');
  });
  test('is paused until the pause ends by itself, whatever its last contact says', () => {
    const paused = { ...old, paused: true };
    expect([stateOf(paused, now), isPaused(old, now)]).toEqual(['paused', false]);
    const until = { ...fresh, paused: true, paused_until: new Date(now + 1000).toISOString() };
    expect([stateOf(until, now), stateOf(until, now + 1000)]).toEqual(['paused', 'connected']);
    expect(stateOf({ ...gone, paused: true }, now)).toBe('removed');
  });
  test('is found by name, person and state', () => {
    expect(matching([fresh, old, gone], fresh.name.toUpperCase(), '', now).map((d) => d.id)).toContain('fresh');
    expect(matching([fresh, old, gone], '', 'quiet', now).map((d) => d.id)).toEqual(['old']);
    expect(matching([fresh, old], 'nobody', '', now)).toEqual([]);
  });
  test('comes in the order of contact, removed ones last', () => expect(byContact([gone, never, old, fresh]).map((d) => d.id)).toEqual(['fresh', 'old', 'never', 'gone']));
  test('records for its own person only, while not removed', () => expect(recordingFor([fresh, gone, device('other', null, null, 'jonas')], 'mara').map((d) => d.id)).toEqual(['fresh']));
});

describe('formats', () => {
  const fmt = formats('en-GB', 'Europe/Berlin', en.format);
  test('durations', () => expect([0, 1, 59_999, 60_000, 33 * 60_000, 3_600_000, 5.5 * 3_600_000, 5 * 3_600_000 + 6 * 60_000].map(fmt.duration)).toEqual(['0 min', 'under 1 min', 'under 1 min', '1 min', '33 min', '1 h', '5 h 30', '5 h 06']));
  test('times in the person’s zone, days without one', () => {
    expect(fmt.time('2026-11-22T13:03:00Z')).toBe('14:03');
    expect(fmt.longDay('2026-11-22')).toBe('Sunday 22 November');
    expect(formats('en-GB', 'Pacific/Kiritimati', en.format).shortDay('2026-11-22')).toMatch(/^Sun,? 22 Nov$/);
  });
  test('clocks, ranges and numbers', () => {
    expect([0, 59_999, 3_600_000 * 30 + 61_000].map(fmt.stopwatch)).toEqual(['0:00:00', '0:00:59', '30:01:01']);
    expect(fmt.days('2026-11-16', '2026-11-22')).toMatch(/^16\s?–\s?22 Nov 2026$/);
    expect(fmt.weekday('2026-11-22')).toBe('Sun');
    expect(fmt.number(1234.56, 1)).toBe('1,234.6');
  });
  test('ages', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect([0, 6_000, 200_000, 7_300_000, 90_000_000, 200_000_000, -5000].map((ms) => fmt.ago(now - ms, now))).toEqual(['just now', '6 s ago', '3 min ago', '2 h ago', '1 day ago', '2 days ago', 'just now']);
  });
});

test('a link opens only web addresses', () => {
  expect(webAddress('/download', 'https://office:8443')).toBe('https://office:8443/download');
  expect(webAddress('https://other/download', 'https://office')).toBe('https://other/download');
  for (const bad of ['', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'http://[']) expect(webAddress(bad, 'https://office')).toBeUndefined();
});

test('the list of zones has the browser’s own and UTC, also when the browser leaves them out', () => {
  const groups = zoneGroups(['Europe/Berlin', 'America/Argentina/Buenos_Aires'], 'Etc/Custom');
  expect(groups.map((group) => group.region)).toEqual(['America', 'Etc', 'Europe', '']);
  expect(groups[0]?.zones).toEqual([{ id: 'America/Argentina/Buenos_Aires', label: 'Argentina, Buenos Aires' }]);
  expect(groups.at(-1)?.zones[0]?.id).toBe('UTC');
});
