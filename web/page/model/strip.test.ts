import { expect, test } from 'vitest';
import type { Shapes } from '../api/shapes';
import { blocksOf, hoursOf, mostly } from './strip';

const at = (time: string) => Date.parse(`2026-11-22T${time}:00Z`);
const stretch = (app: string, from: string, to: string): Shapes['TimelineStretch'] => ({ app, from: `2026-11-22T${from}:00Z`, to: `2026-11-22T${to}:00Z`, active_ms: 0, category: [], computer: 'c', blips: 0 });

test('a strip shows the working day, and more when there was more', () => {
  expect(hoursOf([], '2026-11-22', 'Europe/Berlin')).toEqual({ first: 8, last: 18 });
  expect(hoursOf([{ from: at('05:30'), to: at('19:10') }], '2026-11-22', 'Europe/Berlin')).toEqual({ first: 6, last: 21 });
  expect(hoursOf([{ from: at('00:30') - 86_400_000, to: at('23:30') }], '2026-11-22', 'Europe/Berlin')).toEqual({ first: 0, last: 24 });
});

test('recorded stretches become blocks, and tell what a gap was about', () => {
  const day = [stretch('Code', '08:00', '08:10'), stretch('Code', '08:12', '08:20'), stretch('Mail', '08:20', '08:20'), stretch('Code', '08:40', '09:00')];
  expect(blocksOf(day).map((block) => [block.app, (block.to - block.from) / 60_000])).toEqual([['Code', 20], ['Code', 20]]);
  expect(mostly(day, { from: at('08:05'), to: at('08:30') })).toBe('Code');
  expect(mostly(day, { from: at('10:00'), to: at('11:00') })).toBeUndefined();
});
