/** Categories as rows that can be edited. Pure. */
import type { Shapes } from '../api/shapes';

type Category = Shapes['Category'];

export interface CategoryRow {
  /** `Work > Meetings` */
  path: string;
  regex: string;
  /** What the row does not show is kept. */
  was: Category | undefined;
}

export function rowsOf(categories: Category[]): CategoryRow[] {
  return categories.map((was) => ({ path: was.name.join(' > '), regex: was.rule?.regex ?? '', was }));
}

/** Rows without a name are left out; one without a rule only holds others. */
export function categoriesOf(rows: CategoryRow[]): Category[] {
  return rows
    .map(({ path, regex, was }) => ({
      name: path.split('>').map((part) => part.trim()).filter(Boolean),
      rule: regex.trim() === '' ? { type: 'none' } : { ...(was?.rule?.type === 'regex' ? was.rule : { ignore_case: true }), type: 'regex', regex },
      ...(was?.data == null ? {} : { data: was.data }),
    }))
    .filter((category) => category.name.length > 0);
}
