/** A recorded day as lanes, one an application: which there are, which part of the day is seen, what a selection holds. Pure. */
import type { Shapes } from '../api/shapes';
import { instantOf } from './day';
import { hoursOf, type Span } from './strip';

type Stretch = Shapes['TimelineStretch'];

export interface Piece extends Span {
  app: string;
  title: string;
  computer: string;
}

export interface Lane {
  /** Undefined for the lane of all the others. */
  app: string | undefined;
  /** How many applications it holds. */
  apps: number;
  ms: number;
  pieces: Piece[];
}

export const pieceOf = (one: Stretch): Piece => ({ from: Date.parse(one.from), to: Date.parse(one.to), app: one.app, title: one.title ?? '', computer: one.computer });

/** A lane for each of the applications that were longest in front, and one for all the others. */
export function lanesOf(pieces: readonly Piece[], most = LANES): Lane[] {
  const byApp = new Map<string, Piece[]>();
  for (const piece of pieces) byApp.set(piece.app, [...(byApp.get(piece.app) ?? []), piece]);
  const lanes = [...byApp].map(([app, own]): Lane => ({ app, apps: 1, ms: length(own), pieces: own })).sort((a, b) => b.ms - a.ms || (a.app ?? '').localeCompare(b.app ?? ''));
  if (lanes.length <= most) return lanes;
  const rest = lanes.slice(most - 1);
  const others = rest.flatMap((lane) => lane.pieces).sort((a, b) => a.from - b.from);
  return [...lanes.slice(0, most - 1), { app: undefined, apps: rest.length, ms: length(others), pieces: others }];
}

export type Zoom = 'day' | '4h' | '1h';
const HOURS: Record<Zoom, number> = { day: 24, '4h': 4, '1h': 1 };

/** The part of a day that is seen: all of it that matters, or some hours that begin at `from` minutes (else where the day's work does), kept within the day. */
export function seenOf(spans: readonly Span[], day: string, zone: string, zoom: Zoom, from: number | undefined): Span & { first: number } {
  const whole = hoursOf(spans, day, zone);
  const wide = HOURS[zoom] * 60;
  if (zoom === 'day') return { first: whole.first * 60, from: instantOf(zone, day, whole.first * 60), to: instantOf(zone, day, whole.last * 60) };
  const begun = spans.length > 0 ? Math.min(...spans.map((span) => span.from)) : instantOf(zone, day, 9 * 60);
  const start = from ?? Math.floor(Math.max(0, begun - instantOf(zone, day, 0)) / (60 * MINUTE)) * 60;
  const first = Math.max(0, Math.min(24 * 60 - wide, start));
  return { first, from: instantOf(zone, day, first), to: instantOf(zone, day, first + wide) };
}

/** Where a stretch lies within what is seen, in percent; undefined outside. */
export function placed(span: Span, seen: Span): { left: number; width: number } | undefined {
  if (span.to <= seen.from || span.from >= seen.to) return undefined;
  const at = (ms: number) => (100 * (Math.min(seen.to, Math.max(seen.from, ms)) - seen.from)) / (seen.to - seen.from);
  return { left: at(span.from), width: at(span.to) - at(span.from) };
}

/** What a selection holds, by application, longest first. */
export function within(pieces: readonly Piece[], span: Span): { app: string; ms: number }[] {
  const cut = pieces.flatMap((piece) => (piece.to > span.from && piece.from < span.to ? [{ ...piece, from: Math.max(piece.from, span.from), to: Math.min(piece.to, span.to) }] : []));
  return lanesOf(cut, Infinity).map((lane) => ({ app: lane.app ?? '', ms: lane.ms }));
}

/** Two ends of a drag as whole minutes, in order, at least one apart, within what is seen. */
export function dragged(a: number, b: number, seen: Span): Span {
  const round = (ms: number) => Math.round(ms / MINUTE) * MINUTE;
  const from = Math.max(seen.from, round(Math.min(a, b)));
  return { from, to: Math.min(seen.to, Math.max(from + MINUTE, round(Math.max(a, b)))) };
}

const length = (pieces: readonly Piece[]) => pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);

const LANES = 8;
const MINUTE = 60_000;
