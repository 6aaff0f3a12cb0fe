import { expect, test } from 'vitest';

const catalogues = import.meta.glob<Record<string, unknown>>(['./{en,de}/*.ts', '!./*/words.ts'], { eager: true });

/** Every text, as a path and what it says; a function is called to see its words. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(...Array.from({ length: value.length }, () => '2')))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

test('every language has every page, and no text is empty', () => {
  const names = (language: string) => Object.keys(catalogues).filter((path) => path.startsWith(`./${language}/`)).map((path) => path.slice(5));
  expect(names('de')).toEqual(names('en'));
  for (const [path, module] of Object.entries(catalogues)) {
    const language = path.slice(2, 4);
    const all = texts(module[language], path);
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(([, text]) => text.trim() === '')).toEqual([]);
  }
});
