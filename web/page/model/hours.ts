/** A report of hours as series to draw and groups to list. Pure: what the server added up is only put side by side. */
import type { Shapes } from '../api/shapes';

type Report = Shapes['HoursReport'];
type Key = Report['rows'][number]['keys'][number];

export interface Group {
  /** Stable within the report; `none` for hours without one. */
  id: string;
  key: Key;
  ms: number;
  /** Of the time before; undefined where it was not asked for. */
  before: number | undefined;
  /** Undefined where none is due, as for a project. */
  target: number | undefined;
}

export interface Bar {
  from: string;
  to: string;
  /** Of each series, in their order, in milliseconds. */
  values: number[];
  ms: number;
  /** Milliseconds that were due; undefined where only a part of the work is asked about. */
  target: number | undefined;
  /** The same place in the time before. */
  before: number | undefined;
}

/** What a report tells apart, the longest first; time that only the period before had comes last. */
export function groupsOf(report: Report): Group[] {
  const groups = new Map<string, Group>();
  for (const row of report.rows) {
    const key = row.keys[0];
    if (!key) continue;
    const id = idOf(key);
    const group = groups.get(id) ?? { id, key, ms: 0, before: undefined, target: undefined };
    groups.set(id, group);
    group.ms += row.ms;
    if (row.previous_ms != null) group.before = (group.before ?? 0) + row.previous_ms;
    if (row.target_minutes != null) group.target = (group.target ?? 0) + row.target_minutes * 60_000;
  }
  return [...groups.values()].sort((a, b) => b.ms - a.ms || (b.before ?? 0) - (a.before ?? 0) || (a.key.name ?? '').localeCompare(b.key.name ?? ''));
}

/** The series of a chart: the longest groups, and what is left together. Undefined stands for that. */
export function seriesOf(groups: readonly Group[], most = 8): (Group | undefined)[] {
  const with_time = groups.filter((group) => group.ms > 0);
  return with_time.length <= most ? with_time : [...with_time.slice(0, most - 1), undefined];
}

/** The bars of a chart, one for each period of the report. */
export function barsOf(report: Report, series: readonly (Group | undefined)[]): Bar[] {
  const place = new Map(series.flatMap((group, i) => (group ? [[group.id, i] as const] : [])));
  const rest = series.indexOf(undefined);
  const bars = new Map<string, Bar>(
    report.periods.map((period) => [
      period.from,
      { from: period.from, to: period.to, values: series.map(() => 0), ms: period.ms, target: period.target_minutes == null ? undefined : period.target_minutes * 60_000, before: period.previous?.total_ms },
    ]),
  );
  for (const row of report.rows) {
    const values = bars.get(row.from)?.values;
    const at = row.keys[0] ? (place.get(idOf(row.keys[0])) ?? rest) : -1;
    if (values && at >= 0) values[at] = (values[at] ?? 0) + row.ms;
  }
  return [...bars.values()];
}

/** How much more or less, as a part of what was before; undefined where nothing was. */
export function changeOf(ms: number, before: number | undefined): number | undefined {
  return before === undefined || before === 0 ? undefined : (ms - before) / before;
}

const idOf = (key: Key) => key.id ?? key.name ?? (key.hidden ? 'hidden' : 'none');
