/** The steps of the set-up: in which order they come, what each needs, and what an earlier visit left. */
import { missingCharacters, nameFault } from './account';

export const STEPS = ['language', 'office', 'admin', 'certificate', 'zone'] as const;
export type Step = (typeof STEPS)[number];

/** What was typed and may stay in the browser. Never a password, and never the link's secret. */
export interface Draft {
  step: Step;
  office: string;
  name: string;
  zone: string;
}

/** What is wrong in a step, by field. */
export interface Faults {
  office?: 'empty';
  name?: 'empty' | 'long' | 'characters';
  password?: 'empty' | 'short';
  repeat?: 'empty' | 'differs';
}

export function faultsOf(step: Step, typed: { office: string; name: string; password: string; repeat: string }): Faults {
  if (step === 'office') return typed.office.trim() === '' ? { office: 'empty' } : {};
  if (step !== 'admin') return {};
  const { password, repeat } = typed;
  const name = nameFault(typed.name);
  return {
    ...(name && { name }),
    ...(password === '' ? { password: 'empty' as const } : missingCharacters(password) > 0 && { password: 'short' as const }),
    ...(repeat !== password && { repeat: repeat === '' ? ('empty' as const) : ('differs' as const) }),
  };
}

/** The first step that still needs something; undefined when the office can be set up. */
export function firstFaulty(typed: Parameters<typeof faultsOf>[1]): Step | undefined {
  return STEPS.find((step) => Object.keys(faultsOf(step, typed)).length > 0);
}

export const isStep = (text: unknown): text is Step => STEPS.includes(text as Step);
export const after = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) + 1];
export const before = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) - 1];

/** What was kept, or a fresh start: what does not read counts as nothing. */
export function draftFrom(text: string | null, zone: string): Draft {
  const fresh: Draft = { step: 'language', office: '', name: '', zone };
  let kept: Partial<Record<keyof Draft, unknown>>;
  try {
    kept = (JSON.parse(text ?? '{}') as typeof kept | null) ?? {};
  } catch {
    return fresh;
  }
  const word = (key: 'office' | 'name' | 'zone') => (typeof kept[key] === 'string' ? kept[key].slice(0, 200) : fresh[key]);
  return { step: isStep(kept.step) ? kept.step : fresh.step, office: word('office'), name: word('name'), zone: word('zone') };
}
