import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { calmly, refreshing } from './refresh';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const frame = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  page.visibilityState = 'visible';
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', frame.addEventListener.bind(frame));
  vi.stubGlobal('removeEventListener', frame.removeEventListener.bind(frame));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('looks at once, again after each pause, and at once when it becomes visible', async () => {
  const round = vi.fn(async () => {});
  const stop = refreshing(round, () => 1000);
  expect(round).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(round).toHaveBeenCalledTimes(2);
  page.visibilityState = 'hidden';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(round).toHaveBeenCalledTimes(2);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(round).toHaveBeenCalledTimes(3);
  frame.dispatchEvent(new Event('online'));
  expect(round).toHaveBeenCalledTimes(4);
  stop();
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(round).toHaveBeenCalledTimes(4);
});

test('never has more than one timer, however often it is called', async () => {
  const round = vi.fn(async () => {});
  const stop = refreshing(round, () => 1000);
  for (let i = 0; i < 5; i++) frame.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('what is dear is asked for at once after a change, and then not again for a while, however much changes', async () => {
  const ask = vi.fn(async () => {});
  const look = calmly(ask, 5000);
  await look();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask, 'the page asked by itself').toHaveBeenCalledTimes(0);
  for (let i = 0; i < 20; i++) {
    await look();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask, 'the last change is not lost').toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(ask).toHaveBeenCalledTimes(2);
});
