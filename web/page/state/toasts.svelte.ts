/** Short news at the corner of the page, with a way to take back what was done. */
export interface Toast {
  id: number;
  text: string;
  kind: 'ok' | 'bad';
  /** A button of its own; by default it takes back what was done. */
  action: { label: string; run: () => unknown } | undefined;
}

class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 0;

  /** Says something for six seconds; a failure, and what has `stays`, until it is closed. */
  say = (text: string, options: { kind?: Toast['kind']; action?: Toast['action']; stays?: boolean } = {}) => {
    const id = ++this.#next;
    const kind = options.kind ?? 'ok';
    this.list = [...this.list.slice(1 - MOST), { id, text, kind, action: options.action }];
    if (kind === 'ok' && !options.stays) setTimeout(() => this.drop(id), SECONDS_MS);
    return id;
  };

  drop = (id: number) => {
    this.list = this.list.filter((toast) => toast.id !== id);
  };
}

const MOST = 4;
const SECONDS_MS = 6000;

export const toasts = new Toasts();
