/** Times, days and durations as people read them, in a given language and time zone. */

export interface Formats {
  /** 14:03 */
  time(at: number | string): string;
  /** 18 Nov 2027, for what may be years away */
  date(at: number | string): string;
  /** Wed 18 Nov, 14:03 */
  dayTime(at: number | string): string;
  /** Wednesday 18 November */
  longDay(day: string): string;
  /** Wed 18 Nov */
  shortDay(day: string): string;
  /** 5 h 26 · 33 min · under 1 min */
  duration(ms: number): string;
  /** 1:37:50, for a clock that runs */
  stopwatch(ms: number): string;
  /** 16 – 22 Nov: from one day to another, the last included */
  days(from: string, to: string): string;
  /** 18 Nov */
  dayMonth(day: string): string;
  /** November 2026 · Nov for a column's head */
  month(day: string, short?: boolean): string;
  /** Mon · M for a column's head */
  weekday(day: string, narrow?: boolean): string;
  /** 1 234 or 12.5 */
  number(value: number, digits?: number): string;
  /** 12 % of a whole, from 0 to 1 */
  share(part: number): string;
  /** just now · 6 s ago · 3 min ago · 2 days ago */
  ago(at: number | string, now: number): string;
}

export interface FormatWords {
  minutes(count: string): string;
  hours(count: string, minutes: string | undefined): string;
  underAMinute: string;
  justNow: string;
  ago(count: string, unit: 's' | 'min' | 'h' | 'day', n: number): string;
}

export function formats(locale: string, zone: string | undefined, words: FormatWords): Formats {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const date = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const inZone = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, zone === undefined ? options : { ...options, timeZone: zone });
  const time = inZone(clock);
  const dated = inZone({ day: 'numeric', month: 'short', year: 'numeric' });
  const dayTime = inZone({ ...date, ...clock });
  // A calendar day has no zone: it is read and shown as UTC, or it would slip by one.
  const longDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  const shortDay = new Intl.DateTimeFormat(locale, { ...date, timeZone: 'UTC' });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const weekdays = { narrow: new Intl.DateTimeFormat(locale, { weekday: 'narrow', timeZone: 'UTC' }), short: new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }) };
  const range = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const months = { short: new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' }), long: new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }) };
  const utc = (day: string) => new Date(`${day}T00:00:00Z`);
  return {
    stopwatch(ms) {
      const s = Math.max(0, Math.floor(ms / 1000));
      const two = (n: number) => String(n).padStart(2, '0');
      return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
    },
    days: (from, to) => range.formatRange(utc(from), utc(to)),
    dayMonth: (day) => dayMonth.format(utc(day)),
    month: (day, short = false) => months[short ? 'short' : 'long'].format(utc(day)),
    weekday: (day, narrow = false) => weekdays[narrow ? 'narrow' : 'short'].format(utc(day)),
    number: (value, digits = 0) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    time: (at) => time.format(new Date(at)),
    date: (at) => dated.format(new Date(at)),
    dayTime: (at) => dayTime.format(new Date(at)),
    longDay: (day) => longDay.format(new Date(`${day}T00:00:00Z`)),
    shortDay: (day) => shortDay.format(new Date(`${day}T00:00:00Z`)),
    share: (part) => percent.format(part),
    duration(ms) {
      if (ms > 0 && ms < 60_000) return words.underAMinute;
      const minutes = Math.floor(ms / 60_000);
      if (minutes < 60) return words.minutes(whole.format(minutes));
      const rest = minutes % 60;
      return words.hours(whole.format(Math.floor(minutes / 60)), rest === 0 ? undefined : String(rest).padStart(2, '0'));
    },
    ago(at, now) {
      const s = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000));
      if (s < 5) return words.justNow;
      const [n, unit] = s < 60 ? ([s, 's'] as const) : s < 3600 ? ([Math.floor(s / 60), 'min'] as const) : s < 86_400 ? ([Math.floor(s / 3600), 'h'] as const) : ([Math.floor(s / 86_400), 'day'] as const);
      return words.ago(whole.format(n), unit, n);
    },
  };
}
