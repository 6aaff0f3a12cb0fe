import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Stops the build when what a first visit loads, or all there is in one language, compressed by gzip, is larger than the given number of bytes. */
export function budget({ firstLoadGzipBytes, allGzipBytes }: { firstLoadGzipBytes: number; allGzipBytes: number }): Plugin {
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
      const files = readdirSync(join(dir, 'assets'));
      const parts = firstLoad(readFileSync(index, 'utf8'), files);
      const weight = (names: string[]) => names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dir, name)), { level: 9 }).length, 0);
      const total = weight([...new Set(['index.html', ...parts, ...heaviest(dir, files)])]);
      const whole = weight(['index.html', ...files.filter((name) => /\.(js|css|svg|woff2)$/.test(name)).map((name) => `assets/${name}`)]);
      if (whole > allGzipBytes) throw new Error(`The whole page is ${whole} bytes compressed; the budget is ${allGzipBytes}.`);
      if (total > firstLoadGzipBytes)
        throw new Error(`The first load is ${total} bytes compressed; the budget is ${firstLoadGzipBytes}. Parts: ${parts.join(', ')}.`);
      this.info(`first load ${total} of ${firstLoadGzipBytes} bytes compressed, all ${whole} of ${allGzipBytes}`);
    },
  };
}

/**
 * The files the shell page names itself: scripts, styles, preloads and the icon; and what the first paint waits for besides,
 * fonts and pictures named from styles. The page somebody opens, and everything else, loads as a chunk of its own.
 */
export function firstLoad(html: string, assets: string[]): string[] {
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? '');
  const painted = assets.filter((name) => /\.(woff2?|svg|png|webp)$/.test(name)).map((name) => `assets/${name}`);
  return [...new Set([...named, ...painted])];
}

/** Of the frame's catalogues, which come in two languages, the heavier. */
function heaviest(dir: string, assets: string[]): string[] {
  const size = (name: string) => readFileSync(join(dir, 'assets', name)).length;
  return assets.filter((name) => name.startsWith('shell-') && name.endsWith('.js')).sort((a, b) => size(b) - size(a)).slice(0, 1).map((name) => `assets/${name}`);
}
