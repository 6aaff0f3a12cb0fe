/** Approvals that can still be taken back: they are sent when six seconds have passed, or when whoever decided goes elsewhere. */
import { onceKey } from '../../api/client';
import type { Timesheet } from '../../api/shapes';
import { sheetKey } from '../../model/approval';
import { said } from '../../model/said';
import { session } from '../../state/session.svelte';
import { toasts } from '../../state/toasts.svelte';
import { t } from '../../text';
import { t as words } from '../../text/approvals';

interface Batch {
  sheets: Timesheet[];
  timer: ReturnType<typeof setTimeout>;
}

export class Decisions {
  /** The weeks that are as good as approved, by key. */
  taken = $state.raw<ReadonlySet<string>>(new Set());
  #batches = new Set<Batch>();
  #done: () => Promise<void>;

  /** `done` runs after something was sent. */
  constructor(done: () => Promise<void>) {
    this.#done = done;
  }

  approve = (sheets: Timesheet[]) => {
    if (sheets.length === 0) return;
    const batch: Batch = { sheets, timer: setTimeout(() => void this.#send(batch), UNDO_MS) };
    this.#batches.add(batch);
    this.taken = new Set([...this.taken, ...sheets.map(sheetKey)]);
    const one = sheets.length === 1 ? sheets[0] : undefined;
    toasts.say(one ? words.approvedOf(one.person) : words.approved(sheets.length), { action: { label: t.undo, run: () => this.#back(batch) } });
  };

  /** Sends at once what waits: the page is being left. */
  flush = () => [...this.#batches].forEach((batch) => void this.#send(batch));

  #back(batch: Batch) {
    if (!this.#batches.delete(batch)) return;
    clearTimeout(batch.timer);
    this.#free(batch);
  }

  async #send(batch: Batch) {
    if (!this.#batches.delete(batch)) return;
    clearTimeout(batch.timer);
    for (const sheet of batch.sheets) {
      try {
        await session.call('POST', '/timesheets/{person}/{day}/approve', { path: { person: sheet.person, day: sheet.first }, ifMatch: sheet.version, once: onceKey() });
      } catch (error) {
        const { detail, next } = said(error, { detail: t.server.unreachable, next: t.server.unreachableNext });
        toasts.say([words.notApproved(sheet.person), detail, next].filter(Boolean).join(' '), { kind: 'bad' });
      }
    }
    await this.#done();
    this.#free(batch);
  }

  #free(batch: Batch) {
    this.taken = new Set([...this.taken].filter((key) => !batch.sheets.some((sheet) => sheetKey(sheet) === key)));
  }
}

const UNDO_MS = 6000;
