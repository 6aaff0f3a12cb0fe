import { expect, test } from 'vitest';
import type { Entry, Shapes } from '../api/shapes';
import { suggestions } from './suggest';

const iso = (time: string) => `2026-11-22T${time}:00Z`;
const at = (time: string) => Date.parse(iso(time));
const stretch = (app: string, from: string, to: string, title = ''): Shapes['TimelineStretch'] => ({ app, from: iso(from), to: iso(to), title, active_ms: 0, category: [], computer: 'c', blips: 0 });
const entry = (project: string | null, from: string, to: string | null, note = ''): Entry => ({ id: from, version: 1, created: iso(from), modified: iso(from), person: 'mara', start: iso(from), end: to === null ? null : iso(to), project, task: null, note, tags: [], billable: true });
const projects = [{ id: 'p1', name: 'Website relaunch' }, { id: 'p2', name: 'Tax filing' }];
const of = (known: Partial<Parameters<typeof suggestions>[0]>) => suggestions({ entries: [], gaps: [], stretches: [], projects, now: at('18:00'), ...known });
const spans = (list: ReturnType<typeof suggestions>) => list.map((one) => [one.from, one.to].map((ms) => new Date(ms).toISOString().slice(11, 16)).join('-'));

test('recorded work that is not booked is suggested, in one piece over short breaks', () => {
  const stretches = [stretch('Code', '09:00', '10:00'), stretch('Mail', '10:03', '10:30'), stretch('Code', '14:00', '14:03')];
  expect(spans(of({ stretches }))).toEqual(['09:00-10:30']);
  expect(of({ stretches })[0]).toMatchObject({ app: 'Code', on: undefined, because: undefined });
});

test('what is booked, and what a running timer covers, is not', () => {
  const stretches = [stretch('Code', '09:00', '12:00')];
  expect(spans(of({ stretches, entries: [entry('p1', '09:30', '10:00')] }))).toEqual(['09:00-09:30', '10:00-12:00']);
  expect(spans(of({ stretches, entries: [entry('p1', '10:00', null)] }))).toEqual(['09:00-10:00']);
});

test('a gap between two entries on the same is probably the same, with the note when both have it', () => {
  const gaps = [{ from: iso('10:26'), to: iso('10:41') }];
  const both = (after: string) => of({ gaps, entries: [entry('p1', '08:35', '10:26', 'Design'), entry('p1', '10:41', '12:05', after)] })[0];
  expect(both('Design')).toMatchObject({ because: 'both', on: { project: 'p1', note: 'Design', billable: true } });
  expect(both('Content')).toMatchObject({ because: 'both', on: { project: 'p1', note: '' } });
  expect(of({ gaps, entries: [entry('p1', '08:35', '10:26'), entry('p2', '10:41', '12:05')] })[0]?.on).toBeUndefined();
  expect(of({ gaps, entries: [entry(null, '08:35', '10:26'), entry(null, '10:41', '12:05')] })[0]?.on).toBeUndefined();
});

test('a title that names one project says what it was on; two names say nothing', () => {
  const one = [stretch('Figma', '09:00', '10:00', 'Website Relaunch – start page')];
  expect(of({ stretches: one })[0]).toMatchObject({ because: 'title', on: { project: 'p1', note: '' } });
  expect(of({ stretches: [...one, stretch('Word', '09:10', '09:50', 'tax filing 2025.docx')] })[0]?.because).toBeUndefined();
});

test('nothing is suggested beyond now, nor for less than five minutes', () => {
  expect(spans(of({ now: at('09:20'), gaps: [{ from: iso('09:00'), to: iso('10:00') }] }))).toEqual(['09:00-09:20']);
  expect(of({ gaps: [{ from: iso('09:00'), to: iso('09:04') }] })).toEqual([]);
});
