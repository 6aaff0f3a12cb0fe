/** What time can be booked on: customers, projects, tasks, tags. One copy for every page, kept fresh by the frame. */
import { all } from '../api/all';
import type { Customer, Project, Tag, Task } from '../api/shapes';
import { clock } from './clock.svelte';
import { Resource } from './resource.svelte';
import { session } from './session.svelte';

interface Lists {
  customers: Customer[];
  projects: Project[];
  tasks: Task[];
  tags: Tag[];
}

class Catalog {
  readonly lists = new Resource<Lists>(
    async () => {
      // Archived ones too: old entries still name them.
      const [customers, projects, tasks, tags] = await Promise.all([
        all((query) => session.call('GET', '/customers', { query })),
        all((query) => session.call('GET', '/projects', { query })),
        all((query) => session.call('GET', '/tasks', { query })),
        all((query) => session.call('GET', '/tags', { query })),
      ]);
      return { customers, projects, tasks, tags };
    },
    () => clock.now,
    'catalog',
  );

  projects = $derived(byId(this.lists.data?.projects));
  customers = $derived(byId(this.lists.data?.customers));
  tasks = $derived(byId(this.lists.data?.tasks));
  tags = $derived(byId(this.lists.data?.tags));
  /** What is offered for new work, customers together. */
  offered = $derived([...this.projects.values()].filter((project) => !project.archived).sort((a, b) => this.customerOf(a).localeCompare(this.customerOf(b)) || a.name.localeCompare(b.name)));

  /** The customer's name; empty for the office's own. */
  customerOf = (project: Project | undefined): string => this.customers.get(project?.customer ?? '')?.name ?? '';
  /** A colour to draw; grey where there is none. */
  colourOf = (id: string | null | undefined): string => {
    const project = this.projects.get(id ?? '');
    return project?.colour ?? this.customers.get(project?.customer ?? '')?.colour ?? 'var(--c5)';
  };
  tasksOf = (project: string | null | undefined): Task[] => [...this.tasks.values()].filter((task) => task.project === project && !task.archived && !task.done);
}

function byId<T extends { id: string }>(items: T[] | undefined): Map<string, T> {
  return new Map((items ?? []).map((item) => [item.id, item]));
}

export const CATALOG_NOUNS = ['customer', 'project', 'task', 'tag'] as const;

export const catalog = new Catalog();
