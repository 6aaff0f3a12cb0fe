/** Who sees what of somebody's recorded activity, as the office's policy says. Pure. */

export const POLICIES = ['hours_only', 'category_totals', 'app_totals', 'full_detail'] as const;
/** What there is to see, from least to most. */
export const SORTS = ['hours', 'categories', 'apps', 'titles'] as const;

/** How far a policy lets others see: each shows what is before it, too. An unknown one is taken for the strictest. */
export function othersSee(policy: string): Record<(typeof SORTS)[number], boolean> {
  const most = Math.max(0, POLICIES.indexOf(policy as (typeof POLICIES)[number]));
  return Object.fromEntries(SORTS.map((sort, at) => [sort, at <= most])) as Record<(typeof SORTS)[number], boolean>;
}
