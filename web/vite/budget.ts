import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** A file that the build wrote, with the files that it cannot do without. */
export interface Part {
  fileName: string;
  /** The module that it was made for, when it is the start of a page. */
  facadeModuleId?: string | null;
  imports: string[];
  /** What it was made of. */
  moduleIds?: string[];
  viteMetadata?: { importedCss: Set<string> };
}

interface Limits {
  /** What somebody waits for who opens the office's address: the shell and the page that stands there. */
  firstLoadGzipBytes: number;
  /** All there is for somebody who opens every page, in the heavier language: nobody loads another's words. */
  allGzipBytes: number;
  /** The module of the page that a first visit opens, e.g. `views/today/Today.svelte`. */
  opens: string;
}

/** Stops the build when what a first visit loads, or all there is, compressed by gzip, is larger than the given number of bytes. Stands after `precompress`. */
export function budget({ firstLoadGzipBytes, allGzipBytes, opens }: Limits): Plugin {
  let dir = '';
  let page: string[] = [];
  let words: Record<string, string[]> = {};
  return {
    name: 'budget',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      dir = config.build.outDir;
    },
    generateBundle(_options, bundle) {
      const parts = Object.values(bundle).filter((file) => file.type === 'chunk');
      page = neededBy(opens, parts);
      words = wordsOf(parts);
    },
    closeBundle() {
      const index = join(dir, 'index.html');
      // A build that failed earlier has no page to weigh, and its own error to show.
      if (!existsSync(index)) return;
      const files = readdirSync(join(dir, 'assets'));
      const parts = firstLoad(readFileSync(index, 'utf8'), files);
      const weight = (names: string[]) => names.reduce((sum, name) => sum + weightOf(join(dir, name)), 0);
      const catalogues = ['shell', 'today'].flatMap((catalogue) => heaviest(dir, files, catalogue));
      const total = weight([...new Set(['index.html', ...parts, ...page, ...catalogues])]);
      const languages = Object.values(words).map(weight);
      const lighter = languages.reduce((sum, bytes) => sum + bytes, 0) - Math.max(0, ...languages);
      const whole = weight(['index.html', ...files.filter((name) => /\.(js|css|svg|woff2)$/.test(name)).map((name) => `assets/${name}`)]) - lighter;
      if (whole > allGzipBytes) throw new Error(`The whole page is ${whole} bytes compressed; the budget is ${allGzipBytes}.`);
      if (total > firstLoadGzipBytes)
        throw new Error(`The first load is ${total} bytes compressed; the budget is ${firstLoadGzipBytes}. Parts: ${[...parts, ...page].join(', ')}.`);
      this.info(`first load ${total} of ${firstLoadGzipBytes} bytes compressed, all ${whole} of ${allGzipBytes}`);
    },
  };
}

/** As it travels: the compressed copy beside a file, or the file itself where compressing was not worth it. */
export const weightOf = (path: string): number => statSync(existsSync(`${path}.gz`) ? `${path}.gz` : path).size;

/** The files the shell page names itself: scripts, styles, preloads and the icon; and what the first paint waits for besides, fonts and pictures named from styles. */
export function firstLoad(html: string, assets: string[]): string[] {
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1] ?? '');
  const painted = assets.filter((name) => /\.(woff2?|svg|png|webp)$/.test(name)).map((name) => `assets/${name}`);
  return [...new Set([...named, ...painted])];
}

/** The chunk that was made for `module`, with everything that it imports before it can run, and their styles. */
export function neededBy(module: string, parts: Part[]): string[] {
  const start = parts.find((part) => part.facadeModuleId?.endsWith(`/${module}`));
  if (!start) throw new Error(`No file of the build begins with ${module}, which a first visit opens.`);
  const found = new Set<Part>();
  const take = (part: Part | undefined) => {
    if (!part || found.has(part)) return;
    found.add(part);
    for (const name of part.imports) take(parts.find((other) => other.fileName === name));
  };
  take(start);
  return [...found].flatMap((part) => [part.fileName, ...(part.viteMetadata?.importedCss ?? [])]);
}

/** The files that hold nothing but the words of one language, by language. */
export function wordsOf(parts: Part[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { fileName, moduleIds = [] } of parts) {
    const [language, ...others] = new Set(moduleIds.map((id) => /\/page\/text\/([a-z]{2})\//.exec(id)?.[1]));
    if (language !== undefined && others.length === 0) (found[language] ??= []).push(fileName);
  }
  return found;
}

/** Of a catalogue, which comes in two languages, the heavier. */
function heaviest(dir: string, assets: string[], catalogue: string): string[] {
  const size = (name: string) => readFileSync(join(dir, 'assets', name)).length;
  const found = assets.filter((name) => name.startsWith(`${catalogue}-`) && name.endsWith('.js')).sort((a, b) => size(b) - size(a));
  if (found.length === 0) throw new Error(`No file of the build holds the words of ${catalogue}.`);
  return found.slice(0, 1).map((name) => `assets/${name}`);
}
