/** The audit log as a page reads it: newest first. */
import type { Shapes } from '../api/shapes';

export type AuditEntry = Shapes['AuditEntry'];
/** What the log has from a place: after a number, oldest first, or before one, newest first; at most so many. */
export type AskAudit = (place: { after: number } | { before: number }, limit: number) => Promise<AuditEntry[]>;

/** The log as it is known, newest first, with what came meanwhile. What was missed for long, or a server that was restored from a copy, begins it anew. */
export async function caughtUp(ask: AskAudit, known: AuditEntry[], limit: number): Promise<AuditEntry[]> {
  const top = known[0];
  const last = (await ask({ before: END }, 1))[0];
  if (top && last?.seq === top.seq && last.hash === top.hash) return known;
  const news = top && last && last.seq > top.seq ? await ask({ after: top.seq }, limit) : [];
  if (top && news.length > 0 && news.length < limit && news[0]?.seq === top.seq + 1) return [...news.reverse(), ...known];
  return ask({ before: END }, limit);
}

/** Beyond every number there is. */
export const END = Number.MAX_SAFE_INTEGER;

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
