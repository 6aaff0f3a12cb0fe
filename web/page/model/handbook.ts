/** The handbook's chapters: which of them have some words, and what they are made of. */
import type { Shapes } from '../api/shapes';

export type Chapter = Shapes['Chapter'];

/** Those with each of the words, the ones with them in the title first; all without words. */
export function found(chapters: readonly Chapter[], wanted: string): Chapter[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const hits = chapters.filter((one) => has(`${one.title}\n${one.text}`));
  return [...hits.filter((one) => has(one.title)), ...hits.filter((one) => !has(one.title))];
}

export interface Part {
  text: string;
  /** Commands to type, a line each. */
  commands: boolean;
}

/** Paragraphs apart by empty lines; those that begin with four spaces are commands. */
export function partsOfChapter(text: string): Part[] {
  return text.split(/\n\n+/).map((part) => {
    const commands = part.startsWith('    ');
    return { commands, text: commands ? part.replaceAll(/^ {4}/gm, '') : part };
  });
}
