import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Tells the service worker which files the page consists of, and which version they are. */
export function worker(): Plugin {
  let dir = '';
  return {
    name: 'worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      dir = config.build.outDir;
    },
    closeBundle() {
      const path = join(dir, 'worker.js');
      // A build that failed earlier has nothing to keep.
      if (!existsSync(path)) return;
      const assets = readdirSync(join(dir, 'assets')).filter((name) => /\.(js|css|svg|woff2)$/.test(name));
      const own = ['index.html', 'theme.js', 'favicon.svg'].map((name) => readFileSync(join(dir, name), 'utf8'));
      writeFileSync(path, filled(readFileSync(path, 'utf8'), assets, own));
    },
  };
}

/** The worker's text with its version and its files. Assets carry a hash in their name; `own` is what the others hold. */
export function filled(text: string, assets: string[], own: string[]): string {
  const files = ['/', '/theme.js', '/favicon.svg', ...[...assets].sort().map((name) => `/assets/${name}`)];
  const version = createHash('sha256').update(JSON.stringify([files, own])).digest('hex').slice(0, 12);
  const lines: [string, string][] = [["const VERSION = '';", `const VERSION = '${version}';`], ['const FILES = [];', `const FILES = ${JSON.stringify(files)};`]];
  for (const [place] of lines) if (!text.includes(place)) throw new Error(`public/worker.js has no line “${place}”.`);
  return lines.reduce((whole, [place, line]) => whole.replace(place, () => line), text);
}
