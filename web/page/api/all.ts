/** Lists that a page needs whole: asks page by page until the end. */

interface Page<T> {
  items: T[];
  next?: string | undefined;
}

/** Every item of a list, up to a bound that no office reaches by itself. */
export async function all<T>(ask: (place: { limit: string; cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < MOST);
  return items;
}

const PAGE = '500';
const MOST = 20_000;
