import { expect, test } from 'vitest';
import { inPairs, partsOf, platformOf } from './platform';

test('a reader finds their own way open', () => {
  const of: [string, string][] = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0', 'windows'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0', 'firefox'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15', 'mac'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36', 'linux'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1', 'ios'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36', 'android'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'android'],
    ['', 'windows'],
  ];
  for (const [agent, platform] of of) expect(platformOf(agent), agent).toBe(platform);
});

test('a fingerprint reads as browsers show it', () => {
  expect(inPairs('0aff10')).toBe('0A:FF:10');
  expect(inPairs('')).toBe('');
});

test('what is typed letter by letter is every second part', () => {
  expect(partsOf('Run `trust anchor`, then `exit`.')).toEqual(['Run ', 'trust anchor', ', then ', 'exit', '.']);
});
