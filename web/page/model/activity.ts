/** Turns the activity report into what the Today page shows. Pure. */
import type { ActivityReport } from '../api/types';
import { daysBetween } from './day';

/** One bar: a name, its milliseconds, and its length from 0 to 1 against the longest beside it. */
export interface Bar {
  name: string;
  ms: number;
  length: number;
}

export interface TodayView {
  todayMs: number;
  /** All days of the range, oldest first; a day without activity is there with 0. */
  days: Bar[];
  /** Today's apps, longest first. */
  apps: Bar[];
  /** How many of the days have activity. */
  activeDays: number;
  rangeMs: number;
}

/** The view of a report whose range ends today. */
export function todayView(report: ActivityReport): TodayView {
  const byDate = new Map(report.days.map((day) => [day.date, day]));
  const dates = daysBetween(report.from, report.to);
  const days = bars(dates.map((date) => ({ name: date, ms: byDate.get(date)?.active_ms ?? 0 })));
  const today = byDate.get(report.to);
  const apps = bars([...(today?.apps ?? [])].sort((a, b) => b.ms - a.ms || a.app.localeCompare(b.app)).map(({ app, ms }) => ({ name: app, ms })));
  return { todayMs: today?.active_ms ?? 0, days, apps, activeDays: days.filter((day) => day.ms > 0).length, rangeMs: report.total_ms };
}

function bars(items: { name: string; ms: number }[]): Bar[] {
  const longest = Math.max(1, ...items.map((item) => item.ms));
  return items.map((item) => ({ ...item, length: item.ms / longest }));
}
