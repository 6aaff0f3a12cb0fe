import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstLoad, neededBy, weightOf, wordsOf } from './budget';

test('the first load is what the shell names, once each, and what the first paint needs', () => {
  const html = '<link href="/favicon.svg"><script src="/theme.js"></script><script src="/assets/a.js"></script><link href="/assets/a.css"><link href="/assets/a.css">';
  expect(firstLoad(html, ['a.js', 'a.css', 'later.js', 'inter.woff2'])).toEqual(['favicon.svg', 'theme.js', 'assets/a.js', 'assets/a.css', 'assets/inter.woff2']);
});

test('a page needs what it imports, however deep, and their styles, but not what it may import later', () => {
  const part = (fileName: string, imports: string[], css: string[] = []) => ({ fileName, imports, viteMetadata: { importedCss: new Set(css) } });
  const parts = [{ ...part('assets/Today.js', ['assets/list.js'], ['assets/Today.css']), facadeModuleId: '/web/page/views/today/Today.svelte' }, part('assets/list.js', ['assets/core.js'], ['assets/list.css']), part('assets/core.js', ['assets/list.js']), part('assets/later.js', [])];
  expect(neededBy('views/today/Today.svelte', parts)).toEqual(['assets/Today.js', 'assets/Today.css', 'assets/list.js', 'assets/list.css', 'assets/core.js']);
  expect(() => neededBy('views/gone/Gone.svelte', parts)).toThrow('views/gone/Gone.svelte');
});

test('words of one language are told apart from everything else', () => {
  const part = (fileName: string, ...modules: string[]) => ({ fileName, imports: [], moduleIds: modules.map((name) => `/web/page/${name}`) });
  const parts = [part('en.js', 'text/en/log.ts', 'text/en/users.ts'), part('de.js', 'text/de/log.ts'), part('mixed.js', 'text/de/log.ts', 'text/log.ts'), part('page.js', 'views/log/Log.svelte'), part('none.js')];
  expect(wordsOf(parts)).toEqual({ en: ['en.js'], de: ['de.js'] });
});

test('a file weighs what travels: compressed where there is a copy', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'timebook-')), 'a.js');
  writeFileSync(path, 'x'.repeat(40));
  expect(weightOf(path)).toBe(40);
  writeFileSync(`${path}.gz`, 'x'.repeat(20));
  expect(weightOf(path)).toBe(20);
});
