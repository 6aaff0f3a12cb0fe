/** What to say about a failed call, whatever its cause. */
import { Refused, Unreachable } from '../api/problem';

export interface Said {
  detail: string;
  next: string;
}

/** The sentence and the next step; rethrows what is no failed call, because that is a mistake in the page. */
export function said(error: unknown, away: Said): Said {
  if (error instanceof Refused) return { detail: error.problem.detail, next: error.problem.next };
  if (error instanceof Unreachable) return away;
  throw error;
}
