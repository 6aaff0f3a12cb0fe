/** The days a report is about: a week, a month, a year or any; the one before and the one after. Pure. */
import { addDays, daysBetween } from './day';

export const SPANS = ['week', 'month', 'year', 'custom'] as const;
export type Span = (typeof SPANS)[number];

export interface Period {
  from: string;
  /** Included. */
  to: string;
}

/** The week, month or year that holds a day; `first` is the day of the week it begins on, 0 for Sunday. */
export function spanAt(span: Exclude<Span, 'custom'>, day: string, first = 1): Period {
  if (span === 'year') return { from: `${day.slice(0, 4)}-01-01`, to: `${day.slice(0, 4)}-12-31` };
  if (span === 'month') return { from: `${day.slice(0, 7)}-01`, to: lastOfMonth(day) };
  const from = addDays(day, -((weekday(day) - first + 7) % 7));
  return { from, to: addDays(from, 6) };
}

/** What a period is, whichever way it was chosen. */
export function spanOf({ from, to }: Period, first = 1): Span {
  return (['week', 'month', 'year'] as const).find((span) => same(spanAt(span, from, first), { from, to })) ?? 'custom';
}

/** The period so many of its own length later; negative for earlier. */
export function moved(period: Period, count: number, first = 1): Period {
  const span = spanOf(period, first);
  if (span === 'custom' || span === 'week') {
    const length = daysBetween(period.from, period.to).length;
    return { from: addDays(period.from, count * length), to: addDays(period.to, count * length) };
  }
  const date = new Date(`${period.from}T00:00:00Z`);
  if (span === 'month') date.setUTCMonth(date.getUTCMonth() + count);
  else date.setUTCFullYear(date.getUTCFullYear() + count);
  return spanAt(span, date.toISOString().slice(0, 10));
}

/** A period that was asked for in an address; undefined unless both are days, in order and not longer than the server reports on. */
export function periodIn(from: string | null, to: string | null): Period | undefined {
  if (from === null || to === null || !isDay(from) || !isDay(to) || from > to) return undefined;
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 < DAYS_MAX ? { from, to } : undefined;
}

/** How finely a period is told apart unless somebody says otherwise: as finely as its bars stay readable. */
export function stepOf({ from, to }: Period): 'day' | 'week' | 'month' {
  const days = daysBetween(from, to).length;
  return days <= 45 ? 'day' : days <= 190 ? 'week' : 'month';
}

export const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toString() !== 'Invalid Date' && new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();
const same = (a: Period, b: Period) => a.from === b.from && a.to === b.to;

function lastOfMonth(day: string): string {
  const date = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 1, 0);
  return date.toISOString().slice(0, 10);
}

/** What the server reports on at most. */
const DAYS_MAX = 1100;
