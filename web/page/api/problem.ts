/** What a refused call says: the server's problem document (RFC 9457), or a sentence of our own when it sent none. */

export interface Problem {
  status: number;
  /** Stable and for programs. */
  code: string;
  /** One sentence for people. */
  detail: string;
  /** What to do next; empty when the server did not say. */
  next: string;
}

/** The server answered, and the answer was no. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'Refused';
  }
}

/** Nothing answered: the network or the server is away. */
export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('unreachable', options);
    this.name = 'Unreachable';
  }
}

/** Reads a problem document. A proxy's HTML page or a damaged body must not reach a person, so then there is only the status. */
export function problemFrom(status: number, contentType: string | null, body: string, fallback: (status: number) => string): Problem {
  const plain: Problem = { status, code: '', detail: fallback(status), next: '' };
  if (!/^application\/(problem\+)?json\b/i.test(contentType ?? '')) return plain;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return plain;
  }
  if (typeof value !== 'object' || value === null) return plain;
  const text = (key: string) => {
    const found = (value as Record<string, unknown>)[key];
    return typeof found === 'string' ? found.slice(0, TEXT_MAX) : '';
  };
  return { status, code: text('code'), detail: text('detail') || text('title') || plain.detail, next: text('next') };
}

/** A sentence longer than this is not for people. */
const TEXT_MAX = 600;
