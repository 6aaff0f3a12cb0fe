import { expect, test } from 'vitest';
import { Refused, Unreachable } from '../api/problem';
import { Resource } from './resource.svelte';

const refusal = (status: number) => new Refused({ status, code: '', detail: 'no', next: '' });

test('an answer that was overtaken is dropped', async () => {
  const answers: ((value: string) => void)[] = [];
  const resource = new Resource(() => new Promise<string>((done) => answers.push(done)), () => 7);
  const first = resource.load();
  const second = resource.load();
  answers[1]?.('new');
  await second;
  answers[0]?.('old');
  await first;
  expect([resource.data, resource.at, resource.loading]).toEqual(['new', 7, false]);
});

test('a failure keeps the last good data', async () => {
  let next: () => Promise<string> = async () => 'good';
  const resource = new Resource(() => next(), () => 7);
  await resource.load();
  next = async () => Promise.reject(refusal(500));
  await resource.load();
  expect([resource.data, resource.problem?.status]).toEqual(['good', 500]);
  // What the bar and the sign-in over the page say already is not said again.
  for (const error of [new Unreachable(), refusal(401)]) {
    next = async () => Promise.reject(error);
    await resource.load();
    expect([resource.data, resource.problem, resource.loading]).toEqual(['good', undefined, false]);
  }
});

test('while nothing answers, what answers another question does not stay in its place', async () => {
  let asked = 'this week';
  let next: () => Promise<string> = async () => 'this week';
  const resource = new Resource(() => next(), () => 7, { name: 'week', fits: (data) => data === asked });
  await resource.load();
  next = async () => Promise.reject(new Unreachable());
  await resource.load();
  expect(resource.data, 'it is still the answer').toBe('this week');
  asked = 'last week';
  await resource.load();
  expect([resource.data, resource.old, resource.loading]).toEqual([undefined, false, false]);
});
