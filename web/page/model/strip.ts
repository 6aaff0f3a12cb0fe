/** Where things stand on a day's strip, in parts of its width, and what was recorded in a gap. Pure. */
import type { Shapes } from '../api/shapes';
import { instantOf, minuteIn } from './day';

type Stretch = Shapes['TimelineStretch'];

export interface Span {
  from: number;
  to: number;
}

/** The whole hours a strip shows: from an hour before the first thing to an hour after the last, at least 8 to 18. */
export function hoursOf(spans: readonly Span[], day: string, zone: string): { first: number; last: number } {
  const [begin, end] = [instantOf(zone, day, 0), instantOf(zone, day, 24 * 60)];
  const inside = spans.filter((span) => span.to > begin && span.from < end);
  const first = Math.min(8, ...inside.map((span) => (span.from < begin ? 0 : Math.floor(minuteIn(zone, span.from) / 60))));
  const last = Math.max(18, ...inside.map((span) => (span.to >= end ? 24 : Math.ceil(minuteIn(zone, span.to) / 60))));
  return { first, last };
}

/** Recorded stretches for a narrow picture: neighbours of the same app with little between them become one. */
export function blocksOf(stretches: readonly Stretch[], together = 5 * 60_000, least = 60_000): (Span & { app: string })[] {
  const blocks: (Span & { app: string })[] = [];
  for (const stretch of stretches) {
    const [from, to] = [Date.parse(stretch.from), Date.parse(stretch.to)];
    const last = blocks.at(-1);
    if (last && last.app === stretch.app && from - last.to <= together) last.to = Math.max(last.to, to);
    else blocks.push({ from, to, app: stretch.app });
  }
  return blocks.filter((block) => block.to - block.from >= least);
}

/** The app that was in front longest within a span; undefined when nothing was recorded. */
export function mostly(stretches: readonly Stretch[], span: Span): string | undefined {
  const sums = new Map<string, number>();
  for (const stretch of stretches) {
    const part = Math.min(Date.parse(stretch.to), span.to) - Math.max(Date.parse(stretch.from), span.from);
    if (part > 0) sums.set(stretch.app, (sums.get(stretch.app) ?? 0) + part);
  }
  return [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0]?.[0];
}
