/** Rights of people, and finding them. Pure. */
import type { Right, Role, Shapes, User } from '../api/shapes';

export const ROLES: readonly Role[] = ['employee', 'manager', 'administrator'];
export const RIGHTS: readonly Right[] = ['manage_people', 'manage_computers', 'manage_book', 'approve_time', 'see_team_reports', 'export', 'manage_server', 'set_policy', 'read_audit', 'view_server', 'control_server'];
const BOOK: readonly Right[] = ['manage_book', 'approve_time', 'see_team_reports', 'export'];

/** What a role brings by itself: `domain/right.rs`. */
export function rightsOf(role: Role): readonly Right[] {
  return { employee: [], manager: BOOK, administrator: RIGHTS }[role];
}

/** Whether somebody may do less with `role` and `grants` than before. */
export function losesRights(before: User, role: Role, grants: readonly string[]): boolean {
  const after = new Set<string>([...rightsOf(role), ...grants]);
  return before.rights.some((right) => !after.has(right));
}

/** Those whose name or address holds the words typed, with the role asked for; any when empty. Deactivated ones at the end. */
export function findPeople(people: User[], text: string, role: string): User[] {
  const wanted = text.trim().toLowerCase();
  return people
    .filter((user) => `${user.name} ${user.mail ?? ''}`.toLowerCase().includes(wanted) && (role === '' || user.role === role))
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name));
}

/** The teams of somebody, those they lead first. */
export function teamsOf(teams: Shapes['Team'][], name: string): { name: string; leads: boolean }[] {
  return teams
    .filter((team) => team.leads.includes(name) || team.members.includes(name))
    .map((team) => ({ name: team.name, leads: team.leads.includes(name) }))
    .sort((a, b) => Number(b.leads) - Number(a.leads) || a.name.localeCompare(b.name));
}

/** Whether a text can be a mail address, as far as the page can tell. */
export function looksLikeMail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}
