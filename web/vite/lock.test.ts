import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const locks = ['../package-lock.json', '../e2e/package-lock.json'].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));

test('the lock files name no address, so that any mirror serves, and every entry has its checksum', () => {
  for (const text of locks) {
    const packages = Object.entries<{ resolved?: string; integrity?: string }>(JSON.parse(text).packages).filter(([path]) => path !== '');
    expect(packages.filter(([, entry]) => entry.resolved)).toEqual([]);
    expect(packages.filter(([, entry]) => !entry.integrity)).toEqual([]);
  }
});

test('the lock file knows the bundler of every platform', () => {
  // npm forgets the other platforms when it rewrites a lock file beside an existing node_modules: remove both, then install.
  expect(locks[0]?.match(/"node_modules\/@rolldown\/binding-[^"]+": \{/g)).toHaveLength(16);
});
