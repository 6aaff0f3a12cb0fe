/** What people type for a duration and for a time of day, and how it is shown again. Pure. */

/**
 * Minutes of a typed duration; undefined when it is none. `9` and `9h` are hours, `930` and `9:30` nine and a half, `1.5` and `1,5` and
 * `1h30` one and a half, `45m` and `:45` minutes. At most a day.
 */
export function durationOf(text: string): number | undefined {
  const typed = text.trim().toLowerCase().replace(/\s+/g, '');
  if (typed === '') return undefined;
  const minutes =
    match(typed, /^(\d{1,2})(?:h|std)?$/, ([h]) => 60 * n(h)) ??
    match(typed, /^(\d{0,2})[:h](\d{1,2})(?:m|min)?$/, ([h, m]) => (n(m) < 60 ? 60 * n(h) + n(m) : undefined)) ??
    match(typed, /^(\d{1,2})(\d{2})$/, ([h, m]) => (n(m) < 60 ? 60 * n(h) + n(m) : undefined)) ??
    match(typed, /^(\d{0,2})[.,](\d{1,2})h?$/, ([h, part]) => Math.round(60 * (n(h) + n(part) / 10 ** (part ?? '').length))) ??
    match(typed, /^(\d{1,4})(?:m|min)$/, ([m]) => n(m));
  return minutes !== undefined && minutes <= DAY ? minutes : undefined;
}

/** Minutes of typed hours of any length: `40`, `38:30`, `38.5`, `38,5`, `1200`; undefined when they are none. At most a hundred thousand hours. */
export function hoursOf(text: string): number | undefined {
  const typed = text.trim().toLowerCase().replace(/\s*(?:h|std)$/, '');
  return match(typed, /^(\d{1,5})(?:[.,](\d{1,2}))?$/, ([h, part]) => 60 * n(h) + Math.round((60 * n(part)) / 10 ** (part ?? '').length)) ?? match(typed, /^(\d{1,5}):([0-5]\d)$/, ([h, m]) => 60 * n(h) + n(m));
}

/** Minutes since midnight of a typed time; undefined when it is none. `9`, `930`, `9:30`, `0930`, `9am`, `913pm`, `18.15`. `24:00` is the end of the day. */
export function timeOf(text: string): number | undefined {
  const typed = text.trim().toLowerCase().replace(/[\s.]+/g, (gap) => (gap.includes('.') ? ':' : '')).replace(/uhr$/, '');
  const parts = /^(\d{1,2})(?::?(\d{2}))?(am|pm|a|p)?$/.exec(typed);
  if (!parts) return undefined;
  let hours = n(parts[1]);
  const minutes = n(parts[2]);
  if (minutes > 59) return undefined;
  if (parts[3]) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (parts[3].startsWith('p') ? 12 : 0);
  }
  const at = hours * 60 + minutes;
  return at <= DAY ? at : undefined;
}

/** `9:30`, for a field; empty for nothing. */
export function asDuration(minutes: number): string {
  return minutes === 0 ? '' : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `09:30`, for a field. */
export function asTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function match<T>(text: string, pattern: RegExp, then: (groups: (string | undefined)[]) => T): T | undefined {
  const found = pattern.exec(text);
  return found ? then(found.slice(1)) : undefined;
}

const n = (digits: string | undefined) => Number(digits || 0);
const DAY = 24 * 60;
