import { expect, test } from 'vitest';
import { addressOf, askedIn, keptOf, queryOf } from './ask';

const month = { from: '2026-11-01', to: '2026-11-30' };

test('an empty or wrong address asks for the usual', () => {
  for (const address of ['', 'from=x&to=y&by=weather&per=hour&billable=perhaps']) expect(askedIn(new URLSearchParams(address), month)).toMatchObject({ ...month, by: 'project', per: 'day', billable: '', compare: true });
});

test('what an address says is what the server is asked', () => {
  const asked = askedIn(new URLSearchParams('from=2026-01-01&to=2026-12-31&by=user&per=week&people=ada,grace&billable=false&compare=false'), month);
  expect(queryOf(asked)).toEqual({ from: '2026-01-01', to: '2026-12-31', by: 'user', per: 'week', people: 'ada,grace', billable: 'false' });
  expect(queryOf(asked, { by: 'billable' })).toMatchObject({ by: 'billable' });
  expect(queryOf(asked, {})).not.toHaveProperty('per');
});

test('a kept report opens as it was, and a named range as it is today', () => {
  const asked = askedIn(new URLSearchParams('from=2026-11-16&to=2026-11-22&by=task&projects=p1,none&billable=true'), month);
  const back = (range: string | undefined) => Object.fromEntries(Object.entries(addressOf(keptOf(asked, range), () => ({ from: '2026-11-23', to: '2026-11-29' }))).filter(([, value]) => value !== undefined));
  expect(back(undefined)).toEqual({ from: '2026-11-16', to: '2026-11-22', by: 'task', per: 'day', projects: 'p1,none', billable: 'true' });
  expect(back('this_week')).toMatchObject({ from: '2026-11-23', to: '2026-11-29' });
});
