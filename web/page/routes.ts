/** Every page of Timebook: where it is, what it is called, who may open it. A page loads when somebody goes there. */
import type { Component } from 'svelte';
import type { SVGAttributes } from 'svelte/elements';
import Activity from '~icons/lucide/activity';
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
  page: () => Promise<{ default: Component<never> }>;
}

export const routes: Route[] = [
  { path: '/', name: 'today', icon: Timer, group: 'time', key: 't', page: () => import('./views/today/Today.svelte') },
  { path: '/timesheet', name: 'timesheet', icon: CalendarDays, group: 'time', key: 'w', page: () => import('./views/timesheet/Timesheet.svelte') },
  { path: '/activity', name: 'activity', icon: Activity, group: 'time', key: 'a', page: () => import('./views/activity/Activity.svelte') },
  { path: '/privacy', name: 'privacy', icon: ShieldCheck, group: 'time', key: 'p', page: () => import('./views/privacy/Privacy.svelte') },
  { path: '/me', name: 'me', icon: UserRound, group: 'time', key: 'm', page: () => import('./views/me/Me.svelte') },
  { path: '/reports', name: 'reports', icon: ChartColumn, group: 'team', key: 'r', page: () => import('./views/reports/Reports.svelte') },
  { path: '/approvals', name: 'approvals', icon: ListChecks, group: 'team', key: 'o', open: (may) => may('approve_time', 'leads'), page: () => import('./views/approvals/Approvals.svelte') },
  { path: '/team', name: 'team', icon: UsersRound, group: 'team', key: 'y', open: (may) => may('see_team_reports', 'approve_time', 'leads'), page: () => import('./views/team/Team.svelte') },
  { path: '/team/:name', name: 'person', icon: UsersRound, page: () => import('./views/team/Person.svelte') },
  { path: '/projects', name: 'projects', icon: FolderKanban, group: 'team', key: 'j', open: (may) => may('manage_book'), page: () => import('./views/projects/Projects.svelte') },
  { path: '/projects/:id', name: 'project', icon: FolderKanban, open: (may) => may('manage_book'), page: () => import('./views/projects/Project.svelte') },
  { path: '/server', name: 'server', icon: Server, group: 'server', key: 's', open: (may) => may('view_server'), page: () => import('./views/server/Server.svelte') },
  { path: '/computers', name: 'computers', icon: Laptop, group: 'server', key: 'c', page: () => import('./views/computers/Computers.svelte') },
  { path: '/computers/:id', name: 'computer', icon: Laptop, page: () => import('./views/computers/Computer.svelte') },
  { path: '/users', name: 'users', icon: Users, group: 'server', key: 'e', open: (may) => may('manage_people'), page: () => import('./views/users/Users.svelte') },
  { path: '/users/:name', name: 'user', icon: Users, open: (may) => may('manage_people'), page: () => import('./views/users/User.svelte') },
  { path: '/log', name: 'log', icon: ScrollText, group: 'server', key: 'l', open: (may) => may('read_audit'), page: () => import('./views/log/Log.svelte') },
  { path: '/settings', name: 'settings', icon: Settings, group: 'server', key: ',', open: (may) => may('manage_server', 'set_policy'), page: () => import('./views/settings/Settings.svelte') },
  { path: '/help/certificate', name: 'certificate', icon: ShieldCheck, page: () => import('./views/help/Certificate.svelte') },
  { path: '/import', name: 'import', icon: FileInput, group: 'server', key: 'i', page: () => import('./views/import/Import.svelte') },
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
