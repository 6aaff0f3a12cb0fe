import { expect, test } from 'vitest';
import { dragged, lanesOf, placed, seenOf, within, type Piece } from './lanes';

const M = 60_000;
const at = (minute: number) => Date.parse('2026-11-23T00:00:00Z') + minute * M;
const piece = (app: string, from: number, to: number): Piece => ({ app, from: at(from), to: at(to), title: '', computer: 'pc' });

test('the longest applications have lanes of their own, the others share one', () => {
  const lanes = lanesOf([piece('Mail', 540, 550), piece('Editor', 550, 600), piece('Chat', 600, 601), piece('Mail', 601, 611), piece('Shop', 611, 613)], 3);
  expect(lanes.map((lane) => [lane.app, lane.apps, lane.ms / M, lane.pieces.length])).toEqual([['Editor', 1, 50, 1], ['Mail', 1, 20, 2], [undefined, 2, 3, 2]]);
  expect(lanesOf([piece('Mail', 540, 550)], 3).map((lane) => lane.app)).toEqual(['Mail']);
});

test('a zoom keeps within the day and begins where work does', () => {
  const day = '2026-11-23';
  const spans = [piece('Mail', 565, 700)];
  expect(seenOf(spans, day, 'UTC', 'day', undefined)).toMatchObject({ from: at(8 * 60), to: at(18 * 60) });
  expect(seenOf(spans, day, 'UTC', '1h', undefined)).toMatchObject({ first: 540, from: at(540), to: at(600) });
  expect(seenOf(spans, day, 'UTC', '4h', 23 * 60)).toMatchObject({ first: 20 * 60, to: at(24 * 60) });
  expect(seenOf(spans, day, 'UTC', '4h', -30).first).toBe(0);
});

test('a stretch lies where its part of the seen hours is', () => {
  const seen = { from: at(600), to: at(700) };
  expect(placed(piece('a', 610, 620), seen)).toEqual({ left: 10, width: 10 });
  expect(placed(piece('a', 500, 650), seen)).toEqual({ left: 0, width: 50 });
  expect(placed(piece('a', 700, 710), seen)).toBeUndefined();
});

test('a selection holds what it cuts, longest first', () => {
  expect(within([piece('Mail', 540, 560), piece('Editor', 560, 600), piece('Mail', 600, 700)], { from: at(555), to: at(605) }).map((one) => [one.app, one.ms / M])).toEqual([['Editor', 40], ['Mail', 10]]);
});

test('a drag is whole minutes in order, at least one', () => {
  const seen = { from: at(600), to: at(660) };
  expect(dragged(at(620) + 10_000, at(610) + 50_000, seen)).toEqual({ from: at(611), to: at(620) });
  expect(dragged(at(620), at(620), seen)).toEqual({ from: at(620), to: at(621) });
  expect(dragged(at(500), at(900), seen)).toEqual(seen);
});
