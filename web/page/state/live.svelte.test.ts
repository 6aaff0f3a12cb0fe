import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** A stream as the browser opens it; the test says what the server says. */
class Stream extends EventTarget {
  static opened: Stream[] = [];
  static readonly CLOSED = 2;
  readyState = 1;
  onerror: (() => void) | undefined;
  constructor(readonly url: string) {
    super();
    Stream.opened.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  says(name: string, data: object) {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
  }
}

/** The other tabs; what this one tells them, and what they tell it. */
class Bus {
  static last: Bus;
  told: { t: string }[] = [];
  onmessage: ((event: { data: object }) => void) | undefined;
  constructor() {
    Bus.last = this;
  }
  postMessage(message: { t: string }) {
    this.told.push(message);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  Stream.opened = [];
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('BroadcastChannel', Bus);
  vi.stubGlobal('addEventListener', () => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function tab({ leads, mark }: { leads: boolean; mark: string }) {
  vi.stubGlobal('navigator', { language: 'en', languages: ['en'], locks: { request: (_: string, lead: () => void) => void (leads && lead()) } });
  const { live } = await import('./live.svelte');
  const { session } = await import('./session.svelte');
  session.mark = mark;
  const heard: string[] = [];
  live.on(['entry'], () => heard.push('entry'));
  live.on(['tag'], () => heard.push('tag'));
  live.start();
  return { live, heard, stream: () => Stream.opened.at(-1) as Stream };
}

test('when nothing changed since the first answer, nothing is asked for a second time', async () => {
  const { live, heard, stream } = await tab({ leads: true, mark: 'f-3' });
  expect(stream().url).toBe('/api/v1/events?mark=f-3');
  stream().says('ready', { server_epoch: 1, mark: 'f-3', changed: [] });
  expect([live.state, heard]).toEqual(['live', []]);
});

test('what changed before the stream began is asked for again, and nothing else', async () => {
  const { heard, stream } = await tab({ leads: true, mark: 'f-3' });
  stream().says('ready', { server_epoch: 1, mark: 'f-5', changed: ['tag'] });
  expect(heard).toEqual(['tag']);
});

test('after a lost connection the next stream begins where the last one did; what it cannot tell is everything', async () => {
  const { live, heard, stream } = await tab({ leads: true, mark: 'f-3' });
  stream().says('ready', { server_epoch: 1, mark: 'f-5', changed: [] });
  live.retry();
  expect(stream().url).toBe('/api/v1/events?mark=f-5');
  stream().says('ready', { server_epoch: 1, mark: 'f-9', changed: ['entry'] });
  expect(heard).toEqual(['entry']);
  live.retry();
  // Another start of the server: it does not know what the mark was.
  stream().says('ready', { server_epoch: 1, mark: 'a-0' });
  expect(heard).toEqual(['entry', 'entry', 'tag']);
});

test('a tab that read before the leading tab’s mark asks for everything, and from then on goes along', async () => {
  const { heard } = await tab({ leads: false, mark: 'f-3' });
  expect(Stream.opened).toEqual([]);
  const ready = (since: string, mark: string, changed: string[]) => Bus.last.onmessage?.({ data: { t: 'ready', since, mark, changed } });
  ready('f-4', 'f-6', []);
  expect(heard, 'what came between 3 and 4 is told by nobody').toEqual(['entry', 'tag']);
  ready('f-6', 'f-8', ['tag']);
  expect(heard).toEqual(['entry', 'tag', 'tag']);
});
