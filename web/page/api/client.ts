/** Calls `/api/v1`. It knows how to ask and how an answer can fail; what can be asked comes from the server's own description. */
import type { paths } from '#schema';
import { problemFrom, Refused, Unreachable } from './problem';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Known = keyof paths & `/api/v1${string}`;
type Operation<M extends Method, P extends string> = `/api/v1${P}` extends Known ? NonNullable<paths[`/api/v1${P}`][Lowercase<M>]> : never;
/** The addresses, without `/api/v1`, that know a method. */
export type Path<M extends Method> = { [K in Known]: NonNullable<paths[K][Lowercase<M>]> extends never ? never : K extends `/api/v1${infer P}` ? P : never }[Known];
type Json<T> = T extends { content: { 'application/json': infer J } } ? J : undefined;
/** What an operation answers. */
export type Answer<M extends Method, P extends string> = Operation<M, P> extends { responses: infer R } ? Json<R extends { 200: infer A } ? A : R extends { 201: infer A } ? A : never> : never;
type Parameters<M extends Method, P extends string> = Operation<M, P> extends { parameters: infer A } ? A : never;
type Body<M extends Method, P extends string> = Operation<M, P> extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;

interface Extra {
  /** The version one changes from: a change meanwhile is then a refusal (412) instead of a loss. */
  ifMatch?: number;
  /** Names this one wish, so that sending it again does it once. */
  once?: string;
  /** Sent as it is, instead of JSON. */
  file?: Blob;
}
/** What goes along with a call: what is in the address, the query, the body. */
export type Ask<M extends Method, P extends string> = Extra &
  (Parameters<M, P> extends { path: infer A extends object } ? { path: A } : unknown) &
  (Parameters<M, P> extends { query: infer Q extends object } ? { query: Q } : Parameters<M, P> extends { query?: infer Q } ? { query?: NonNullable<Q> } : unknown) &
  ([Body<M, P>] extends [never] ? unknown : { body: Body<M, P> });

export interface Listener {
  /** The server answered, whatever it said; `date` is its clock in milliseconds, if it told. */
  answered(date: number | undefined): void;
  /** Nothing answered. */
  lost(): void;
  /** It answered that it could not, for a reason of its own. */
  failed(): void;
  /** It answered that it is out of service. */
  stopped(): void;
  /** Who is asked for a password before a call is tried again. True: it was given. */
  proof(why: 'signed_out' | 'step_up'): Promise<boolean>;
}

export interface Call {
  /** Throws `Refused` or `Unreachable`. Resolves with undefined when the answer has no body (204). */
  <M extends Method, P extends Path<M> & string>(method: M, path: P, ...ask: object extends Ask<M, P> ? [Ask<M, P>?] : [Ask<M, P>]): Promise<Answer<M, P>>;
}

interface Loose extends Extra {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: object;
}

export function client(listener: Listener, sentence: (status: number) => string, fetcher: typeof fetch = (...a) => fetch(...a)): Call {
  async function once(method: Method, path: string, ask: Loose): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json' };
    // On every write, also one without a body: a foreign page cannot send it without asking first.
    if (method !== 'GET') headers['content-type'] = ask.file ? 'application/octet-stream' : 'application/json';
    if (ask.ifMatch !== undefined) headers['if-match'] = `"${ask.ifMatch}"`;
    if (ask.once !== undefined) headers['idempotency-key'] = ask.once;
    let response: Response;
    let text: string;
    try {
      response = await fetcher(`/api/v1${addressOf(path, ask)}`, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(ask.file ? LONG_MS : PATIENCE_MS),
        ...(ask.file ? { body: ask.file } : ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
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
      const said = problem();
      // Whatever was to be done waits, as while nothing answers.
      if (said.status === 503 && said.code === 'stopped') {
        listener.stopped();
        throw new Unreachable({ cause: said });
      }
      if (said.status >= 500) listener.failed();
      throw new Refused(said);
    }
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new Refused(problem());
    }
  }

  return (async (method: Method, path: string, ask: Loose = {}) => {
    try {
      return await once(method, path, ask);
    } catch (error) {
      // Whoever signs in says itself what is wrong with the password.
      if (!(error instanceof Refused) || (path === '/session' || path.startsWith('/session/'))) throw error;
      const why = error.problem.status === 401 ? 'signed_out' : error.problem.code === 'step_up_required' ? 'step_up' : undefined;
      if (why === undefined || !(await listener.proof(why))) throw error;
      return once(method, path, ask);
    }
  }) as Call;
}

/** Fills `{id}` and adds the query; what is undefined is left out. */
export function addressOf(path: string, ask: { path?: Record<string, string>; query?: Record<string, unknown> }): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ask.path?.[name] ?? ''));
  const query = Object.entries(ask.query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}`;
}

/** A name for one wish: chance from the browser, also where the page is not a secure context. */
export function onceKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A server that has not answered by then counts as away; setting up computes a slow hash on an old PC. */
const PATIENCE_MS = 20_000;
/** A file travels longer, and is read to its end before the answer. */
const LONG_MS = 180_000;
