import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Stops the build when what a first visit loads, compressed by gzip, is larger than the given number of bytes. */
export function budget({ firstLoadGzipBytes }: { firstLoadGzipBytes: number }): Plugin {
  let dir = '';
  return {
    name: 'budget',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      dir = config.build.outDir;
    },
    closeBundle() {
      const index = join(dir, 'index.html');
      // A build that failed earlier has no page to weigh, and its own error to show.
      if (!existsSync(index)) return;
      const parts = firstLoad(readFileSync(index, 'utf8'), readdirSync(join(dir, 'assets')));
      const total = ['index.html', ...parts].reduce((sum, part) => sum + gzipSync(readFileSync(join(dir, part)), { level: 9 }).length, 0);
      if (total > firstLoadGzipBytes)
        throw new Error(`The first load is ${total} bytes compressed; the budget is ${firstLoadGzipBytes}. Parts: ${parts.join(', ')}.`);
      this.info(`first load ${total} of ${firstLoadGzipBytes} bytes compressed`);
    },
  };
}

/**
 * The files the shell page names itself: scripts, styles, preloads and the icon. When it names only one script, every other script
 * is a page chunk that loads later; fonts and pictures named from styles count too, because they are needed for the first paint.
 */
export function firstLoad(html: string, assets: string[]): string[] {
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? '');
  const painted = assets.filter((name) => /\.(woff2?|svg|png|webp)$/.test(name)).map((name) => `assets/${name}`);
  return [...new Set([...named, ...painted])];
}
