/** The arithmetic of charts: where values lie on the paper. Pure. */

/** Round numbers for an axis, from 0 to at least `most`. */
export function ticks(most: number, lines = 4): number[] {
  if (most <= 0) return [0, 1];
  const raw = most / lines;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(9)));
}

export interface Point {
  /** In milliseconds. */
  at: number;
  value: number;
}

/** A line through points; broken where two are further apart than `gap`, because nobody looked meanwhile. */
export function linePath(points: readonly Point[], x: (at: number) => number, y: (value: number) => number, gap = Infinity): string {
  return points.map((point, i) => `${i > 0 && point.at - (points[i - 1]?.at ?? 0) <= gap ? 'L' : 'M'}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`).join('');
}

/** The same line with what is under it, each unbroken part for itself. */
export function areaPath(points: readonly Point[], x: (at: number) => number, y: (value: number) => number, gap = Infinity): string {
  const parts: Point[][] = [];
  for (const point of points) {
    const last = parts.at(-1);
    if (last && point.at - (last.at(-1)?.at ?? 0) <= gap) last.push(point);
    else parts.push([point]);
  }
  return parts.map((part) => `${linePath(part, x, y)}L${x(part.at(-1)?.at ?? 0).toFixed(1)} ${y(0).toFixed(1)}L${x(part[0]?.at ?? 0).toFixed(1)} ${y(0).toFixed(1)}Z`).join('');
}

/** At most about so many points: of neighbours the highest stays, so that no peak is lost. */
export function thinned(points: readonly Point[], most: number): Point[] {
  const each = Math.max(1, Math.ceil(points.length / most));
  return Array.from({ length: Math.ceil(points.length / each) }, (_, i) => peakOf(points.slice(i * each, (i + 1) * each)) as Point);
}

/** The highest of all; undefined without any. */
export function peakOf(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>((most, point) => (most === undefined || point.value > most.value ? point : most), undefined);
}

/** Moments for an axis between two times, at whole steps of the clock in a zone that is `offset` milliseconds ahead of UTC. */
export function moments(from: number, to: number, step: number, offset: number): number[] {
  const first = Math.ceil((from + offset) / step) * step - offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}
