import { expect, test } from 'vitest';
import { agentOf } from './agent';

test('the most particular of the names a browser gives itself counts', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(agentOf(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`)).toEqual({ browser: 'Edge', system: 'Windows' });
  expect(agentOf(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/140.0 Safari/537.36`)).toEqual({ browser: 'Chrome', system: 'Linux' });
  expect(agentOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1')).toEqual({ browser: 'Safari', system: 'iPhone' });
  expect(agentOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0')).toEqual({ browser: 'Firefox', system: 'macOS' });
  expect(agentOf('curl/8.1')).toEqual({});
});
