/** The list of time zones to choose from. Pure, apart from asking the browser which zones it knows. */

export interface ZoneGroup {
  region: string;
  zones: { id: string; label: string }[];
}

/** The browser's own zone, or UTC when it does not tell. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** All zones by region, sorted; `own` is among them even when the browser's list leaves it out, as it does with UTC. */
export function zoneGroups(known: readonly string[], own: string): ZoneGroup[] {
  const groups = new Map<string, { id: string; label: string }[]>();
  for (const id of [...new Set([...known, own, 'UTC'])].sort()) {
    const slash = id.indexOf('/');
    const region = slash < 0 ? OTHER : id.slice(0, slash);
    const label = (slash < 0 ? id : id.slice(slash + 1)).replaceAll('_', ' ').replaceAll('/', ', ');
    groups.set(region, [...(groups.get(region) ?? []), { id, label }]);
  }
  return [...groups].map(([region, zones]) => ({ region, zones }));
}

/** Zones without a region, such as UTC; the view shows its own word for this. */
export const OTHER = '';
