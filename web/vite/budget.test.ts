import { expect, test } from 'vitest';
import { firstLoad } from './budget';

test('the first load is what the shell names, once each, and what the first paint needs', () => {
  const html = '<link href="/favicon.svg"><script src="/theme.js"></script><script src="/assets/a.js"></script><link href="/assets/a.css"><link href="/assets/a.css">';
  expect(firstLoad(html, ['a.js', 'a.css', 'later.js', 'inter.woff2'])).toEqual(['favicon.svg', 'theme.js', 'assets/a.js', 'assets/a.css', 'assets/inter.woff2']);
});
