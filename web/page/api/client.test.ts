import { expect, test, vi } from 'vitest';
import { addressOf, client, onceKey } from './client';
import { problemFrom, Refused, Unreachable } from './problem';

const sentence = (status: number) => `sentence for ${status}`;

function calling(answer: () => Promise<Response>) {
  const listener = { answered: vi.fn(), lost: vi.fn(), failed: vi.fn(), stopped: vi.fn(), proof: vi.fn(async () => false) };
  const fetcher = vi.fn<typeof fetch>(answer);
  return { call: client(listener, sentence, fetcher), fetcher, listener };
}

test('a write carries its body and its type, stays on its origin, and the answer is read', async () => {
  const { call, fetcher, listener } = calling(async () => Response.json({ ok: 1 }, { headers: { date: 'Sun, 22 Nov 2026 12:00:00 GMT' } }));
  expect(await call('POST', '/session', { body: { name: 'mara', password: 'x' } })).toEqual({ ok: 1 });
  const [address, options] = fetcher.mock.calls[0] ?? [];
  expect(address).toBe('/api/v1/session');
  expect(options).toMatchObject({ method: 'POST', body: '{"name":"mara","password":"x"}', credentials: 'same-origin', redirect: 'error' });
  expect(new Headers(options?.headers).get('content-type')).toBe('application/json');
  expect(listener.answered).toHaveBeenCalledWith(Date.parse('2026-11-22T12:00:00Z'));
});

test('a file is sent as it is', async () => {
  const { call, fetcher } = calling(async () => Response.json({ rows: 0 }));
  const file = new Blob(['a,b']);
  await call('POST', '/imports/preview', { query: { source: 'toggl' }, file });
  const [address, options] = fetcher.mock.calls[0] ?? [];
  expect(address).toBe('/api/v1/imports/preview?source=toggl');
  expect(options?.body).toBe(file);
  expect(new Headers(options?.headers).get('content-type')).toBe('application/octet-stream');
});

test('an empty answer is no error', async () => {
  expect(await calling(async () => new Response(null, { status: 204 })).call('DELETE', '/session')).toBeUndefined();
});

test('a refusal carries the server’s sentence and next step', async () => {
  const { call, listener } = calling(async () => Response.json({ code: 'wrong', detail: 'The password is wrong.', next: 'Try again.' }, { status: 401, headers: { 'content-type': 'application/problem+json' } }));
  const error = await call('GET', '/timer').catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).problem).toEqual({ status: 401, code: 'wrong', detail: 'The password is wrong.', next: 'Try again.' });
  expect(listener.proof).toHaveBeenCalledWith('signed_out');
  expect(listener.lost).not.toHaveBeenCalled();
});

test('silence is told from a refusal', async () => {
  const { call, listener } = calling(async () => Promise.reject(new TypeError('failed to fetch')));
  await expect(call('GET', '/session')).rejects.toBeInstanceOf(Unreachable);
  expect(listener.lost).toHaveBeenCalledOnce();
  expect(listener.answered).not.toHaveBeenCalled();
});

test('a server that could not is told of: what was asked for is asked for again', async () => {
  const { call, listener } = calling(async () => Response.json({ code: 'internal', detail: 'It could not.', next: 'Try again.' }, { status: 500, headers: { 'content-type': 'application/problem+json' } }));
  await expect(call('GET', '/timer')).rejects.toBeInstanceOf(Refused);
  expect([listener.failed.mock.calls.length, listener.lost.mock.calls.length]).toEqual([1, 0]);
});

test('a server out of service is as silence, and told apart', async () => {
  const { call, listener } = calling(async () => Response.json({ code: 'stopped', detail: 'Out of service.' }, { status: 503, headers: { 'content-type': 'application/problem+json' } }));
  await expect(call('GET', '/timer')).rejects.toBeInstanceOf(Unreachable);
  expect(listener.stopped).toHaveBeenCalledOnce();
  expect(listener.lost).not.toHaveBeenCalled();
});

test('an answer that breaks off half-way is silence, and one that is no JSON is a refusal', async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error('cut')) });
  await expect(calling(async () => new Response(broken)).call('GET', '/session')).rejects.toBeInstanceOf(Unreachable);
  const odd = await calling(async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })).call('GET', '/session').catch((e: unknown) => e);
  expect((odd as Refused).problem.detail).toBe('sentence for 200');
});

test('what a proxy says never reaches a person', () => {
  for (const [type, body] of [['text/html', '<h1>502</h1>'], ['application/json', '{"detail":'], ['application/json', '"text"'], ['application/json', 'null'], ['application/problem+json', '{"detail":5}'], [null, '']] as const)
    expect(problemFrom(502, type, body, sentence)).toEqual({ status: 502, code: '', detail: 'sentence for 502', next: '' });
  expect(problemFrom(409, 'application/problem+json; charset=utf-8', JSON.stringify({ title: 'Only a title' }), sentence).detail).toBe('Only a title');
  expect(problemFrom(400, 'application/json', JSON.stringify({ detail: 'x'.repeat(5000) }), sentence).detail).toHaveLength(600);
});

test('after a password was given the call is made again, once', async () => {
  let asked = 0;
  const { call, listener, fetcher } = calling(async () => (++asked === 1 ? Response.json({ code: 'step_up_required' }, { status: 403 }) : Response.json({ entry: null, now: '' })));
  listener.proof.mockResolvedValue(true);
  expect(await call('GET', '/timer')).toEqual({ entry: null, now: '' });
  expect(listener.proof).toHaveBeenCalledWith('step_up');
  expect(fetcher).toHaveBeenCalledTimes(2);
  // Whoever signs in says itself that the password is wrong.
  const signing = calling(async () => Response.json({ code: 'wrong' }, { status: 401 }));
  await expect(signing.call('GET', '/session')).rejects.toBeInstanceOf(Refused);
  expect(signing.listener.proof).not.toHaveBeenCalled();
});

test('an address is filled, escaped, and leaves out what is not said', () => {
  expect(addressOf('/entries/{id}/undo', { path: { id: 'a/b' } })).toBe('/entries/a%2Fb/undo');
  expect(addressOf('/entries', { query: { from: '2026-11-22', to: undefined, text: 'a&b', limit: 5 } })).toBe('/entries?from=2026-11-22&text=a%26b&limit=5');
});

test('the version changed from, and the name of a wish, are headers', async () => {
  const { call, fetcher } = calling(async () => new Response(null, { status: 204 }));
  await call('DELETE', '/entries/{id}', { path: { id: '1' }, ifMatch: 7, once: 'k' });
  const headers = new Headers(fetcher.mock.calls[0]?.[1]?.headers);
  expect([headers.get('if-match'), headers.get('idempotency-key')]).toEqual(['"7"', 'k']);
  expect(onceKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(onceKey()).not.toBe(onceKey());
});
