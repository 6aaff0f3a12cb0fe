import { expect, test, vi } from 'vitest';
import { client } from './client';
import { problemFrom, Refused, Unreachable } from './problem';

const sentence = (status: number) => `sentence for ${status}`;

function calling(answer: () => Promise<Response>) {
  const listener = { answered: vi.fn(), lost: vi.fn(), signedOut: vi.fn() };
  const fetcher = vi.fn<typeof fetch>(answer);
  return { call: client(listener, sentence, fetcher), fetcher, listener };
}

test('a write carries its body and its type, stays on its origin, and the answer is read', async () => {
  const { call, fetcher, listener } = calling(async () => Response.json({ ok: 1 }, { headers: { date: 'Sun, 22 Nov 2026 12:00:00 GMT' } }));
  expect(await call('POST', '/session', { name: 'mara' })).toEqual({ ok: 1 });
  const [address, options] = fetcher.mock.calls[0] ?? [];
  expect(address).toBe('/api/v1/session');
  expect(options).toMatchObject({ method: 'POST', body: '{"name":"mara"}', credentials: 'same-origin', redirect: 'error' });
  expect(new Headers(options?.headers).get('content-type')).toBe('application/json');
  expect(listener.answered).toHaveBeenCalledWith(Date.parse('2026-11-22T12:00:00Z'));
});

test('an empty answer is no error', async () => {
  expect(await calling(async () => new Response(null, { status: 204 })).call('DELETE', '/session')).toBeUndefined();
});

test('a refusal carries the server’s sentence and next step', async () => {
  const { call, listener } = calling(async () => Response.json({ code: 'wrong', detail: 'The password is wrong.', next: 'Try again.' }, { status: 401, headers: { 'content-type': 'application/problem+json' } }));
  const error = await call('POST', '/session').catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).problem).toEqual({ status: 401, code: 'wrong', detail: 'The password is wrong.', next: 'Try again.' });
  expect(listener.signedOut).toHaveBeenCalledOnce();
  expect(listener.lost).not.toHaveBeenCalled();
});

test('silence is told from a refusal', async () => {
  const { call, listener } = calling(async () => Promise.reject(new TypeError('failed to fetch')));
  await expect(call('GET', '/session')).rejects.toBeInstanceOf(Unreachable);
  expect(listener.lost).toHaveBeenCalledOnce();
  expect(listener.answered).not.toHaveBeenCalled();
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
