// People and what they may do: invite, rename, rights, teams, a new password, deactivate, export, erase.
//   node e2e/people.mjs BASE_URL NAME PASSWORD PERSON OUT_DIR
// NAME is an administrator, PERSON an employee. Audits and photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, person, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/people.mjs BASE_URL NAME PASSWORD PERSON OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const region = (text) => page.getByRole('region', { name: text, exact: true });
const title = (text) => page.getByRole('heading', { name: text, level: 1, exact: true }).waitFor();
const save = (field) => page.locator('form').filter({ has: field }).getByRole('button', { name: 'Save' }).click();
const saved = async () => {
  await page.getByText('Saved.').first().waitFor();
  await page.getByText('Saved.').first().locator('..').getByRole('button', { name: 'Close' }).click();
};
const other = `${person}.moved`;

const steps = {
  async 'an administrator opens users and rights'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(new URL('/users', base).href);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await title('Users and rights');
    await region('People').getByRole('link', { name: person }).waitFor();
  },

  async 'somebody is invited by a link, which can be withdrawn'() {
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Sign-in name').fill('Grace Hopper');
    await button('Make link').click();
    await dialog.getByText('Only lower-case letters').waitFor();
    must(await dialog.getByLabel('Sign-in name').evaluate((input) => input === document.activeElement), 'the wrong field has not the focus');
    await dialog.getByLabel('Sign-in name').fill('grace');
    await dialog.getByLabel('Role').selectOption('manager');
    await button('Make link').click();
    await dialog.getByRole('group', { name: 'One-time link' }).first().waitFor();
    await state('users-link');
    await button('Done').click();
    await button('Withdraw the link for grace').click();
    await button('Withdraw the link for grace').waitFor({ state: 'detached' });
  },

  async 'a team has members and a lead'() {
    await button('New team').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(`Night shift of ${person}`);
    await dialog.getByLabel(`${person}: member`).check();
    await dialog.getByLabel(`${name}: leads`).check();
    await button('Save').click();
    await region('Teams').getByRole('button', { name: `Edit Night shift of ${person}` }).waitFor();
    await state('users');
  },

  async 'a person gets another name, an address and a right'() {
    await region('People').getByRole('link', { name: person }).click();
    await title(person);
    await page.getByLabel('Sign-in name').fill(other);
    await save(page.getByLabel('Sign-in name'));
    await title(other);
    await saved();
    await page.getByLabel('Mail', { exact: true }).fill('ada@example.org');
    await save(page.getByLabel('Mail', { exact: true }));
    await saved();
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await save(page.getByLabel('Time zone'));
    await saved();
    await page.getByLabel('Activity log').check();
    await button('Save rights').click();
    await saved();
    await state('user');
    await page.getByLabel('Activity log').uncheck();
    await button('Save rights').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take rights' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await saved();
  },

  async 'two who change the same person are asked whose is to stay'() {
    const address = new URL(`/api/v1/users/${other}/mail`, base).href;
    // Somebody else is faster by a moment.
    await page.route(`**/users/${other}/mail`, async (route) => {
      await page.request.put(address, { data: { address: 'theirs@example.org' }, headers: { origin: new URL(base).origin } });
      await route.continue();
    }, { times: 1 });
    await page.getByLabel('Mail', { exact: true }).fill('mine@example.org');
    await tolerating([/status of 412 /], async () => {
      await save(page.getByLabel('Mail', { exact: true }));
      await page.getByRole('dialog').getByText('theirs@example.org').waitFor();
      await button('Keep mine').click();
      await saved();
    });
  },

  async 'a target that cannot be saved keeps what was typed, and asks whose is to stay'() {
    await page.goto(new URL(`/team/${encodeURIComponent(other)}`, base).href);
    await button('Change target').click();
    const dialog = page.getByRole('dialog').first();
    const from = await dialog.getByLabel('From this day on').inputValue();
    const put = (minutes) => page.request.put(new URL(`/api/v1/targets/${other}/${from}`, base).href, { data: { week_minutes: minutes, days: ['monday', 'tuesday'] }, headers: { origin: new URL(base).origin } });
    must((await put(600)).ok(), 'a target cannot be set');
    await page.getByText('10 h a week, Mon Tue').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await button('Change target').click();
    await dialog.getByLabel('Hours a week').fill('30');
    await page.route('**/api/v1/targets/**', (route) => route.abort());
    await tolerating([/net::ERR_/, /status of 412 /], async () => {
      await button('Save').click();
      await dialog.getByText('Nothing you typed is lost.').waitFor();
      must((await dialog.getByLabel('Hours a week').inputValue()) === '30', 'what was typed is gone');
      await page.unroute('**/api/v1/targets/**');
      must((await put(1200)).ok(), 'a target cannot be changed');
      await page.getByText('20 h a week, Mon Tue').first().waitFor();
      await button('Save').click();
      await button('Keep mine').click();
      await page.getByText('30 h a week').first().waitFor();
    });
    await page.goto(new URL(`/users/${encodeURIComponent(other)}`, base).href);
    await title(other);
  },

  async 'a new password by link, and everything recorded as a file'() {
    await button('Make a link to a new password').click();
    await page.getByRole('dialog').getByRole('group', { name: 'One-time link' }).first().waitFor();
    await button('Done').click();
    await button('Export everything').click();
    await region('Running now').getByRole('link', { name: /^Download/ }).waitFor();
  },

  async 'an account is deactivated, and erased by typing its name'() {
    must(await button('Erase…').isDisabled(), 'an active account can be erased');
    await button('Deactivate').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await button('Let in again').waitFor();
    await button('Erase…').click();
    await page.getByRole('dialog').getByRole('textbox').fill(other);
    await state('user-erase');
    await button('Erase for good').click();
    await title('Users and rights');
    await region('Erasures').waitFor();
    await region('People').getByRole('link', { name: other }).waitFor({ state: 'detached' });
    await state('users-erased');
  },
};

await tell(watched, steps);
