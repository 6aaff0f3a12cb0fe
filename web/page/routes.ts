/** Every page of Timebook: where it is, what it is called, who may open it. A page loads when somebody goes there. */
import type { Component } from 'svelte';
import type { SVGAttributes } from 'svelte/elements';
import Activity from '~icons/lucide/activity';
import BookOpen from '~icons/lucide/book-open';
import CalendarDays from '~icons/lucide/calendar-days';
import ChartColumn from '~icons/lucide/chart-column';
import FileInput from '~icons/lucide/file-input';
import FolderKanban from '~icons/lucide/folder-kanban';
import Laptop from '~icons/lucide/laptop';
import ListChecks from '~icons/lucide/list-checks';
import ScrollText from '~icons/lucide/scroll-text';
import Server from '~icons/lucide/server';
import ShieldCheck from '~icons/lucide/shield-check';
import Settings from '~icons/lucide/settings';
import Timer from '~icons/lucide/timer';
import UserRound from '~icons/lucide/user-round';
import Users from '~icons/lucide/users';
import UsersRound from '~icons/lucide/users-round';
import type { Right } from './api/shapes';
import { rest, type Rest } from './rest';
import type { Catalogue } from './text/en/shell';

export interface Route {
  /** From the root; `/projects/:id` hands `{ id }` to the page as `params`. */
  path: string;
  /** Its name in `text/en/shell.ts`, under `pages`. */
  name: keyof Catalogue['pages'];
  icon: Component<SVGAttributes<SVGSVGElement>>;
  /** Under which heading it stands in the navigation; without one it does not stand there. */
  group?: keyof Catalogue['nav']['groups'];
  /** The second key of `g …`. */
  key?: string;
  /** Who may open it; everybody signed in when left out. */
  open?: (may: (...rights: (Right | 'leads')[]) => boolean) => boolean;
  page: () => Promise<Component<never>>;
}

/** A page that comes with all the others but Today. */
const later = (name: keyof Rest) => async () => (await rest())[name] as Component<never>;

export const routes: Route[] = [
  { path: '/', name: 'today', icon: Timer, group: 'time', key: 't', page: async () => (await import('./views/today/Today.svelte')).default },
  { path: '/timesheet', name: 'timesheet', icon: CalendarDays, group: 'time', key: 'w', page: later('Timesheet') },
  { path: '/activity', name: 'activity', icon: Activity, group: 'time', key: 'a', page: later('Activity') },
  { path: '/privacy', name: 'privacy', icon: ShieldCheck, group: 'time', key: 'p', page: later('Privacy') },
  { path: '/me', name: 'me', icon: UserRound, group: 'time', key: 'm', page: later('Me') },
  { path: '/reports', name: 'reports', icon: ChartColumn, group: 'team', key: 'r', page: later('Reports') },
  { path: '/approvals', name: 'approvals', icon: ListChecks, group: 'team', key: 'o', open: (may) => may('approve_time', 'leads'), page: later('Approvals') },
  { path: '/team', name: 'team', icon: UsersRound, group: 'team', key: 'y', open: (may) => may('see_team_reports', 'approve_time', 'leads'), page: later('Team') },
  { path: '/team/:name', name: 'person', icon: UsersRound, page: later('Person') },
  { path: '/projects', name: 'projects', icon: FolderKanban, group: 'team', key: 'j', open: (may) => may('manage_book'), page: later('Projects') },
  { path: '/projects/:id', name: 'project', icon: FolderKanban, open: (may) => may('manage_book'), page: later('Project') },
  { path: '/server', name: 'server', icon: Server, group: 'server', key: 's', open: (may) => may('view_server'), page: later('Server') },
  { path: '/computers', name: 'computers', icon: Laptop, group: 'server', key: 'c', page: later('Computers') },
  { path: '/computers/:id', name: 'computer', icon: Laptop, page: later('Computer') },
  { path: '/users', name: 'users', icon: Users, group: 'server', key: 'e', open: (may) => may('manage_people'), page: later('Users') },
  { path: '/users/:name', name: 'user', icon: Users, open: (may) => may('manage_people'), page: later('User') },
  { path: '/log', name: 'log', icon: ScrollText, group: 'server', key: 'l', open: (may) => may('read_audit'), page: later('Log') },
  { path: '/settings', name: 'settings', icon: Settings, group: 'server', key: ',', open: (may) => may('manage_server', 'set_policy'), page: later('Settings') },
  { path: '/help', name: 'handbook', icon: BookOpen, page: later('Handbook') },
  { path: '/help/certificate', name: 'certificate', icon: ShieldCheck, page: later('Certificate') },
  { path: '/import', name: 'import', icon: FileInput, group: 'server', key: 'i', page: later('Import') },
];

/** The route of a path and what its places hold; undefined for no page. */
export function routeOf(path: string, table: readonly Route[] = routes): { route: Route; params: Record<string, string> } | undefined {
  const asked = path.replace(/(.)\/+$/, '$1').split('/');
  for (const route of table) {
    const parts = route.path.split('/');
    if (parts.length !== asked.length) continue;
    const params: Record<string, string> = {};
    const fits = parts.every((part, i) => {
      const there = asked[i] ?? '';
      if (!part.startsWith(':')) return part === there;
      try {
        params[part.slice(1)] = decodeURIComponent(there);
      } catch {
        return false;
      }
      return there !== '';
    });
    if (fits) return { route, params };
  }
  return undefined;
}
