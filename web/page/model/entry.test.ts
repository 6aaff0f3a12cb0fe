import { describe, expect, test } from 'vitest';
import type { Entry } from '../api/shapes';
import { instantOf, minuteIn } from './day';
import { cellChange, isOn, lengthOn, recent, rowsOf } from './entry';
import { asDuration, asTime, durationOf, timeOf } from './typed';

const entry = (id: string, start: string, end: string | null, more: Partial<Entry> = {}): Entry => ({ id, version: 1, created: start, modified: start, person: 'p', start, end, note: '', tags: [], billable: false, project: 'a', task: null, ...more });

describe('typed', () => {
  test.each([['9', 540], ['9h', 540], ['930', 570], ['9:30', 570], ['1h30', 90], ['1.5', 90], ['1,25', 75], ['.5', 30], ['45m', 45], [':45', 45], ['90min', 90], ['0', 0], ['24', 1440], [' 1 h 30 ', 90]])('%s lasts %i minutes', (text, minutes) => expect(durationOf(text)).toBe(minutes));
  test.each(['', 'x', '9:75', '975', '25', '-1', '1h30h', '99999'])('%s is no duration', (text) => expect(durationOf(text)).toBeUndefined());
  test.each([['9', 540], ['930', 570], ['0930', 570], ['9:30', 570], ['9am', 540], ['12am', 0], ['913pm', 21 * 60 + 13], ['1800', 1080], ['18.15', 1095], ['24:00', 1440]])('%s is minute %i', (text, minutes) => expect(timeOf(text)).toBe(minutes));
  test.each(['', '25', '960', '13pm', 'noon', '24:01'])('%s is no time', (text) => expect(timeOf(text)).toBeUndefined());
  test('and shown again', () => {
    expect([0, 45, 570].map(asDuration)).toEqual(['', '0:45', '9:30']);
    expect(asTime(570)).toBe('09:30');
  });
});

describe('a minute of a day', () => {
  test('is an instant, also when clocks change', () => {
    const iso = (day: string, minute: number) => new Date(instantOf('Europe/Berlin', day, minute)).toISOString();
    expect(iso('2026-11-22', 540)).toBe('2026-11-22T08:00:00.000Z');
    expect(iso('2026-03-29', 60)).toBe('2026-03-29T00:00:00.000Z');
    expect(iso('2026-03-29', 180)).toBe('2026-03-29T01:00:00.000Z');
    expect(iso('2026-10-25', 540)).toBe('2026-10-25T08:00:00.000Z');
    expect(minuteIn('Asia/Kolkata', Date.parse('2026-11-22T00:00:00Z'))).toBe(330);
  });
});

describe('entries', () => {
  const zone = 'Europe/Berlin';
  const days = ['2026-11-20', '2026-11-21'];
  test('past midnight belong to both days, by their parts', () => {
    const late = entry('1', '2026-11-20T22:00:00Z', '2026-11-21T00:30:00Z');
    expect(days.map((day) => lengthOn(late, day, zone, 0) / 60_000)).toEqual([60, 90]);
  });
  test('without a length belong to the day they begin on', () => {
    const empty = entry('1', '2026-11-20T22:00:00Z', '2026-11-20T22:00:00Z');
    expect(days.map((day) => isOn(empty, day, zone, 0))).toEqual([true, false]);
    expect(isOn(entry('2', '2026-11-20T22:30:10Z', null), '2026-11-20', zone, Date.parse('2026-11-20T22:30:00Z'))).toBe(true);
  });
  test('make rows, empty ones too', () => {
    const rows = rowsOf([entry('2', '2026-11-21T08:00:00Z', '2026-11-21T09:00:00Z'), entry('1', '2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z')], days, zone, [{ project: 'b', task: null }]);
    expect(rows.map((row) => [row.key, row.days.map((day) => day.map((one) => one.id))])).toEqual([['a/', [['1'], ['2']]], ['b/', [[], []]]]);
  });
  test('of late, each once', () => {
    const list = [entry('1', '2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z', { note: 'x' }), entry('2', '2026-11-21T08:00:00Z', '2026-11-21T09:00:00Z', { note: 'x' }), entry('3', '2026-11-21T10:00:00Z', null, { note: 'y' })];
    expect(recent(list, 5).map((one) => one.id)).toEqual(['2']);
  });
  test('change with their cell', () => {
    const [one, two] = [entry('1', '2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z'), entry('2', '2026-11-20T10:00:00Z', '2026-11-20T10:30:00Z')];
    expect(cellChange([], 90, 0)).toEqual({ add: 90 });
    expect(cellChange([one], 60, 0)).toBe('same');
    expect(cellChange([one], 0, 0)).toEqual({ remove: one });
    expect(cellChange([one, two], 120, 0)).toEqual({ entry: two, end: '2026-11-20T11:00:00.000Z' });
    expect(cellChange([one, two], 60, 0)).toBeUndefined();
    expect(cellChange([entry('3', '2026-11-20T10:00:00Z', null)], 60, 0)).toBeUndefined();
  });
});
