/** What could be booked today and is not: recorded work outside the entries, and gaps between them. Pure. */
import type { Entry, Shapes } from '../api/shapes';
import { blocksOf, mostly, type Span } from './strip';

type Stretch = Shapes['TimelineStretch'];

/** What an entry would be on. */
export type On = Pick<Entry, 'note' | 'project' | 'task' | 'tags' | 'billable'>;

export interface Suggestion extends Span {
  /** The app that was in front most; undefined where nothing was recorded. */
  app: string | undefined;
  /** What it was most likely on; undefined when nothing says so. */
  on: On | undefined;
  /** What says so: the same before and after, or a title that names the project. */
  because: 'both' | 'title' | undefined;
}

interface Known {
  entries: readonly Entry[];
  gaps: readonly { from: string; to: string }[];
  stretches: readonly Stretch[];
  /** What may be booked on. */
  projects: readonly { id: string; name: string }[];
  now: number;
}

/** Shorter ones are not worth a question. */
const LEAST_MS = 5 * 60_000;
/** So far apart, two entries still touch. */
const TOUCH_MS = 5 * 60_000;

/** The suggestions of a day, the earliest first. */
export function suggestions({ entries, gaps, stretches, projects, now }: Known): Suggestion[] {
  const booked = entries.map((entry) => ({ from: Date.parse(entry.start), to: entry.end == null ? now : Date.parse(entry.end), entry }));
  const open = union([...gaps.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })), ...union(blocksOf(stretches), TOUCH_MS)]);
  return open
    .flatMap((span) => without(span, booked))
    .map(({ from, to }) => ({ from: Math.ceil(from / 60_000) * 60_000, to: Math.floor(Math.min(to, now) / 60_000) * 60_000 }))
    .filter((span) => span.to - span.from >= LEAST_MS)
    .map((span) => ({ ...span, app: mostly(stretches, span), ...reason(span, booked, stretches, projects) }));
}

function reason(span: Span, booked: readonly (Span & { entry: Entry })[], stretches: readonly Stretch[], projects: Known['projects']): Pick<Suggestion, 'on' | 'because'> {
  const before = booked.find((one) => Math.abs(span.from - one.to) <= TOUCH_MS)?.entry;
  const after = booked.find((one) => Math.abs(one.from - span.to) <= TOUCH_MS)?.entry;
  if (before && after && before.project != null && before.project === after.project && before.task === after.task) return { on: before.note === after.note ? on(before) : { ...on(before), note: '' }, because: 'both' };
  const titles = stretches.filter((stretch) => Date.parse(stretch.to) > span.from && Date.parse(stretch.from) < span.to).map((stretch) => (stretch.title ?? '').toLowerCase());
  const named = projects.filter((project) => project.name.length >= 4 && titles.some((title) => title.includes(project.name.toLowerCase())));
  // Two names are a guess, and a guess about somebody's time is worse than a question.
  const [only] = named;
  if (named.length !== 1 || !only) return { on: undefined, because: undefined };
  const last = booked.map((one) => one.entry).find((entry) => entry.project === only.id);
  return { on: last ? { ...on(last), note: '', task: null } : { note: '', project: only.id, task: null, tags: [], billable: false }, because: 'title' };
}

const on = ({ note, project, task, tags, billable }: Entry): On => ({ note, project: project ?? null, task: task ?? null, tags, billable });

/** Spans that overlap, or lie at most `apart` from each other, as one. */
function union(spans: readonly Span[], apart = 0): Span[] {
  const made: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = made.at(-1);
    if (last && from - last.to <= apart) last.to = Math.max(last.to, to);
    else made.push({ from, to });
  }
  return made;
}

/** What is left of a span when others are taken out. */
function without(span: Span, others: readonly Span[]): Span[] {
  return others.reduce<Span[]>((left, other) => left.flatMap(({ from, to }) => (other.to <= from || other.from >= to ? [{ from, to }] : [{ from, to: other.from }, { from: other.to, to }].filter((part) => part.to > part.from))), [span]);
}
