/** What a manager does with customers, projects and tasks, with a way back where there is one. */
import { onceKey } from '../../api/client';
import type { Customer, Project, Shapes, Task } from '../../api/shapes';
import { act } from '../../state/act';
import { questions } from '../../state/ask.svelte';
import { catalog } from '../../state/catalog.svelte';
import { session } from '../../state/session.svelte';
import { toasts } from '../../state/toasts.svelte';
import { t } from '../../text';
import { t as words } from '../../text/projects';

/** What is sent to leave one as it is, with some of it changed. */
export const projectFields = ({ name, customer, colour, budget_minutes, billable, members, archived }: Project, changes: Partial<Shapes['ProjectFields']> = {}) => ({ name, customer: customer ?? null, colour: colour ?? null, budget_minutes: budget_minutes ?? null, billable, members: members ?? null, archived, ...changes });
export const customerFields = ({ name, colour, note, archived }: Customer, changes: Partial<Shapes['CustomerFields']> = {}) => ({ name, colour: colour ?? null, note, archived, ...changes });
export const taskFields = ({ name, project, parent, budget_minutes, done, archived }: Task, changes: Partial<Shapes['TaskFields']> = {}) => ({ name, project, parent: parent ?? null, budget_minutes: budget_minutes ?? null, done, archived, ...changes });

/** Into the archive or out of it; can be taken back. */
export async function archiveProject(project: Project, archived: boolean): Promise<void> {
  const put = (version: number, to: boolean) => session.call('PUT', '/projects/{id}', { path: { id: project.id }, body: projectFields(project, { archived: to }), ifMatch: version, once: onceKey() });
  let now = project;
  await act(async () => {
    now = await put(project.version, archived);
    await catalog.lists.load();
    toasts.say(archived ? words.isArchived(project.name) : words.isBack(project.name), { action: { label: t.undo, run: () => act(() => put(now.version, !archived)).then(catalog.lists.load) } });
  });
}

/** Asks, then deletes what nothing stands on; the server refuses what something does. */
export function remove(kind: 'projects' | 'customers' | 'tasks', of: { id: string; name: string }, body: string, action: string, then: () => unknown = () => undefined): void {
  questions.ask({
    title: words.deleteTitle(of.name),
    body,
    action,
    danger: true,
    run: async () => {
      await session.call('DELETE', `/${kind}/{id}`, { path: { id: of.id } });
      toasts.say(words.deleted(of.name));
      then();
      await catalog.lists.load();
    },
  });
}
