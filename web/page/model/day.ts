/** Calendar days as `YYYY-MM-DD`, in the person's own time zone: never by adding hours, which breaks when clocks change. */

/** The calendar day at an instant (milliseconds since 1970) in an IANA zone. */
export function dayIn(zone: string, at: number): string {
  return new Date(shown(zone, at)).toISOString().slice(0, 10);
}

/** The hour of the day, 0 to 23, at an instant in an IANA zone. */
export function hourIn(zone: string, at: number): number {
  return new Date(shown(zone, at)).getUTCHours();
}

/** Minutes since midnight, 0 to 1439, at an instant in an IANA zone. */
export function minuteIn(zone: string, at: number): number {
  const date = new Date(shown(zone, at));
  return date.getUTCHours() * 60 + date.getUTCMinutes();
}

/** The instant of a minute of a day in an IANA zone. A minute that clocks leave out is the one as much later. */
export function instantOf(zone: string, day: string, minute: number): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minute * 60_000;
  const first = wanted - (shown(zone, wanted) - wanted);
  // The offset guessed from may be that of the other side of a change.
  const second = first - (shown(zone, first) - wanted);
  return shown(zone, second) === wanted ? second : first;
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

/** What the zone's clocks show at an instant, as if it were UTC, down to the minute. */
function shown(zone: string, at: number): number {
  let clock = clocks.get(zone);
  if (!clock) clocks.set(zone, (clock = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', calendar: 'iso8601', numberingSystem: 'latn' })));
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}Z`);
}

/** By zone: to make one costs as much as asking it some fifty times, and a page asks thousands of times. */
const clocks = new Map<string, Intl.DateTimeFormat>();
