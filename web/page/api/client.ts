/** Calls `/api/v1`. It knows how to ask and how an answer can fail, and nothing about what is asked. */
import { problemFrom, Refused, Unreachable } from './problem';

export type Method = 'GET' | 'POST' | 'DELETE';

export interface Listener {
  /** The server answered, whatever it said; `date` is its clock in milliseconds, if it told. */
  answered(date: number | undefined): void;
  /** Nothing answered. */
  lost(): void;
  /** The session is over (401). */
  signedOut(): void;
}

export interface Call {
  /** Throws `Refused` or `Unreachable`. Resolves with undefined when the answer has no body (204). */
  <T>(method: Method, path: string, body?: object): Promise<T>;
}

export function client(listener: Listener, sentence: (status: number) => string, fetcher: typeof fetch = (...a) => fetch(...a)): Call {
  return async <T>(method: Method, path: string, body?: object): Promise<T> => {
    const headers: Record<string, string> = { accept: 'application/json' };
    // On every write, also one without a body: a foreign page cannot send it without asking first.
    if (method !== 'GET') headers['content-type'] = 'application/json';
    let response: Response;
    let text: string;
    try {
      response = await fetcher(`/api/v1${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      listener.lost();
      throw new Unreachable({ cause });
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    listener.answered(Number.isNaN(date) ? undefined : date);
    const problem = () => problemFrom(response.status, response.headers.get('content-type'), text, sentence);
    if (!response.ok) {
      if (response.status === 401) listener.signedOut();
      throw new Refused(problem());
    }
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Refused(problem());
    }
  };
}

/** A server that has not answered by then counts as away; setting up computes a slow hash on an old PC. */
const PATIENCE_MS = 20_000;
