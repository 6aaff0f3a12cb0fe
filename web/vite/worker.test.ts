import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filled } from './worker';

const text = readFileSync(new URL('../public/worker.js', import.meta.url), 'utf8');

test('the worker knows its files and its version, and the version follows what is in them', () => {
  const one = filled(text, ['b.js', 'a.css'], ['<html>']);
  expect(one).toContain('const FILES = ["/","/theme.js","/favicon.svg","/assets/a.css","/assets/b.js"];');
  expect(one).toMatch(/const VERSION = '[0-9a-f]{12}';/);
  expect(filled(text, ['a.css', 'b.js'], ['<html>'])).toBe(one);
  expect(filled(text, ['a.css', 'b.js'], ['<html lang>'])).not.toBe(one);
  expect(filled(text, ['a.css', 'c.js'], ['<html>'])).not.toBe(one);
  expect(() => filled('nothing', [], [])).toThrow('public/worker.js');
});

test('the worker never keeps an answer of the server', () => {
  // Beside the files of the build nothing is ever put into a cache.
  expect(text).not.toMatch(/cache\.put|\.put\(/);
  expect(text).toContain("pathname.startsWith('/api/')");
});
