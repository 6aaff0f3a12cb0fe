/** Calendar days as `YYYY-MM-DD`, in the person's own time zone: never by adding hours, which breaks when clocks change. */

/** The calendar day at an instant (milliseconds since 1970) in an IANA zone. */
export function dayIn(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', calendar: 'iso8601', numberingSystem: 'latn' }).formatToParts(at);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** The hour of the day, 0 to 23, at an instant in an IANA zone. */
export function hourIn(zone: string, at: number): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).formatToParts(at).find((p) => p.type === 'hour')?.value ?? 0);
}

/** Minutes since midnight, 0 to 1439, at an instant in an IANA zone. */
export function minuteIn(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return part('hour') * 60 + part('minute');
}

/** The instant of a minute of a day in an IANA zone. A minute that clocks leave out is the one as much later. */
export function instantOf(zone: string, day: string, minute: number): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
  // What the zone's clocks show at an instant, as if it were UTC.
  const shown = (at: number) => Date.parse(`${dayIn(zone, at)}T00:00:00Z`) + minuteIn(zone, at) * 60_000;
  const first = wanted - (shown(wanted) - wanted);
  // The offset guessed from may be that of the other side of a change.
  const second = first - (shown(first) - wanted);
  return shown(second) === wanted ? second : first;
}

/** The day `count` days later; negative for earlier. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** Every day from `from` to `to`, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length < DAYS_MAX; day = addDays(day, 1)) days.push(day);
  return days;
}

/** Three years: more than any page shows, and an end when a range is wrong. */
const DAYS_MAX = 1100;
