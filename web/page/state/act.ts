/** Does something for a button: what came of it is said at the corner, whether it worked or not. */
import { Refused } from '../api/problem';
import { said } from '../model/said';
import { t } from '../text';
import { questions, type Clash } from './ask.svelte';
import { toasts, type Toast } from './toasts.svelte';

/** True when it was done. Closing the question for the password leaves it undone without a word. */
export async function act(run: () => Promise<unknown>, done = '', action?: Toast['action']): Promise<boolean> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Refused && error.problem.code === 'step_up_required') return false;
    const { detail, next } = said(error, { detail: t.server.unreachable, next: t.server.unreachableNext });
    toasts.say([detail, next].filter(Boolean).join(' '), { kind: 'bad' });
    return false;
  }
  if (done !== '') toasts.say(done, { action });
  return true;
}

/** Writes over a version. Where somebody was faster it asks whose is to stay, and writes again or leaves theirs: false. */
export async function settled(write: (version: number) => Promise<unknown>, version: number, fresh: () => Promise<{ version: number; clash: Clash }>): Promise<boolean> {
  try {
    await write(version);
    return true;
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 412) throw error;
  }
  const now = await fresh();
  if ((await questions.settle(now.clash)) === 'theirs') return false;
  return settled(write, now.version, fresh);
}
