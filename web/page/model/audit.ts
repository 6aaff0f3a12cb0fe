/** The audit log as a page reads it: newest first, although the server tells it oldest first. */
import type { Shapes } from '../api/shapes';

export type AuditEntry = Shapes['AuditEntry'];
/** Entries after a number, oldest first, at most so many. */
export type AskAudit = (after: number, limit: number) => Promise<AuditEntry[]>;

/** The number of the last entry; 0 for none. Looks from `near`, which need not be exact: it leaps ahead, then halves. */
export async function lastSeq(ask: AskAudit, near = 0): Promise<number> {
  let low = near;
  let entries = await ask(low, 1);
  if (entries.length === 0 && near > 0) return lastSeq(ask);
  let high = Infinity;
  for (let leap = LEAP; entries.length > 0; leap *= 4) {
    low = entries[0]?.seq ?? low;
    entries = await ask(low + leap, 1);
    if (entries.length === 0) high = low + leap;
  }
  if (high === Infinity) return low;
  while (high - low > STRIDE) {
    const middle = Math.floor((low + high) / 2);
    const [found] = await ask(middle, 1);
    if (found) low = found.seq;
    else high = middle;
  }
  return (await ask(low, STRIDE)).at(-1)?.seq ?? low;
}

/** The entries before a number (that one left out), newest first, at most so many. */
export async function before(ask: AskAudit, seq: number, count: number): Promise<AuditEntry[]> {
  const after = Math.max(0, seq - 1 - count);
  return seq <= 1 ? [] : (await ask(after, Math.min(count, seq - 1))).reverse();
}

/** What one looks for: who, what, from when to when; empty for anything. */
export interface LogFilter {
  who: string;
  /** What an action begins with, `session.` say. */
  what: string;
  text: string;
  from: number | undefined;
  /** Not included. */
  to: number | undefined;
}

export function fits(entry: AuditEntry, filter: LogFilter): boolean {
  const at = Date.parse(entry.at);
  return (
    (filter.who === '' || entry.actor === filter.who) &&
    (filter.what === '' || entry.action.startsWith(`${filter.what}.`)) &&
    (filter.text === '' || `${entry.action} ${entry.about}`.toLowerCase().includes(filter.text.toLowerCase())) &&
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to)
  );
}

/** How an entry is marked: trouble, something to look at, or simply news. */
export function toneOf(action: string): 'bad' | 'warn' | 'info' {
  return BAD.has(action) ? 'bad' : WARN.has(action) ? 'warn' : 'info';
}

const BAD = new Set(['session.refused', 'sign_in.failed', 'mail.given_up', 'quarantine.add']);
const WARN = new Set(['session.new_place', 'user.disable', 'device.revoke', 'erasure.begin', 'office.announce_policy', 'lock.move_back', 'totp.remove', 'totp.use_recovery', 'activity.view']);
const LEAP = 1000;
/** So many entries a question may bring. */
const STRIDE = 500;

export interface ActorWords {
  system: string;
  stranger: string;
  computer: string;
  gone: string;
  terminal(name: string): string;
}

/** Who did it: `system`, `anyone`, `local:NAME`, `user:ID` or `device:ID`, for people. */
export function actorName(actor: string, people: ReadonlyMap<string, string>, words: ActorWords): string {
  const [sort, ...rest] = actor.split(':');
  const id = rest.join(':');
  if (sort === 'user') return people.get(id) ?? words.gone;
  if (sort === 'local') return words.terminal(id);
  return sort === 'device' ? words.computer : sort === 'anyone' ? words.stranger : sort === 'system' ? words.system : actor;
}

/** What was done, in words; the stable word itself where nobody gave it any. */
export function saidOf(action: string, words: Record<string, string>): string {
  return words[action] ?? action;
}
