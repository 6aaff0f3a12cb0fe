/** What an approver should look at before they approve a week. Pure. */
import type { Shapes, Timesheet } from '../api/shapes';
import { notices, type Notice } from './week';

export type Warning = Exclude<Notice, { kind: 'under' }> | { kind: 'long'; day: string; ms: number } | { kind: 'held'; count: number };

/** Overlaps, days of more than ten hours, days without time, a timer that runs, edits that came too late. */
export function warningsOf(sheet: Timesheet, days: readonly Shapes['DayHours'][]): Warning[] {
  const own = days.filter((day) => day.date >= sheet.first && day.date <= sheet.last);
  const long = own.filter((day) => day.ms > LONG_MS).map((day): Warning => ({ kind: 'long', day: day.date, ms: day.ms }));
  const held: Warning[] = sheet.held > 0 ? [{ kind: 'held', count: sheet.held }] : [];
  return [...notices(own, sheet.runs).filter((notice): notice is Exclude<Notice, { kind: 'under' }> => notice.kind !== 'under'), ...long, ...held];
}

/** What the days before this week came to. */
export const beforeOf = (sheet: Timesheet, days: readonly Shapes['DayHours'][]): number => days.filter((day) => day.date < sheet.first).reduce((sum, day) => sum + day.ms, 0);

/** Names one week of one person. */
export const sheetKey = (sheet: Pick<Timesheet, 'person' | 'first'>): string => `${sheet.person}/${sheet.first}`;

/** The longest day that raises no question. */
const LONG_MS = 10 * 3_600_000;
