/** Loads one of the languages. A catalogue imports types only, so that its chunk waits for no other. */
import { language, type Language } from '../state/language';

export function pick<T>(en: () => Promise<T>, de: () => Promise<NoInfer<T>>): Promise<T> {
  const catalogues: Record<Language, () => Promise<T>> = { en, de };
  return catalogues[language]();
}
