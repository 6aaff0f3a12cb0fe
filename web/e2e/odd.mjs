// What a healthy server rarely shows: refusals, half answers, the hours-only policy, a computer that joins while one waits.
//   node e2e/odd.mjs DIST OUT_DIR
// Against the stand-in of fake.mjs. Exit code 1 on any fault.
import { must, open, refused } from './browser.mjs';
import { start } from './fake.mjs';

const [dist, out] = process.argv.slice(2);
const { office, base, link, stop } = await start(dist);
const { page, context, state, tolerating, verdict, photograph, fault, close } = await open(out);
const button = (name) => page.getByRole('button', { name, exact: true });
const problem = (status, detail, next) => [status, { type: 'about:blank', title: 'No', status, code: 'no', detail, next }];

async function signIn() {
  await context.clearCookies();
  await tolerating([refused(401, '/api/v1/session')], async () => {
    await page.goto(base);
    await page.getByLabel('Name').fill(office.user.name);
  });
  await page.getByLabel('Password').fill(office.password);
  await button('Sign in').click();
  await page.getByRole('heading', { name: /^Good / }).waitFor();
  await page.getByText(/^Updated /).waitFor();
}

const steps = {
  async 'a link that was used a moment ago: the server’s sentence stands above the form'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(link);
      await page.getByLabel('Office').fill('Lindt');
    });
    await page.getByLabel('Your sign-in name').fill('mara');
    await page.getByLabel('Password', { exact: true }).fill('Kreide Ofen Regen 7');
    await page.getByLabel('Password again').fill('Kreide Ofen Regen 7');
    office.instead['POST /setup'] = problem(410, 'This set-up link was used already.', 'Sign in with the name that was created.');
    await tolerating([refused(410, '/api/v1/setup')], async () => {
      await button('Create administrator').click();
      await page.getByRole('alert').getByText('Sign in with the name that was created.').waitFor();
    });
    must(await page.getByRole('alert').evaluate((box) => box === document.activeElement), 'the sentence has not the focus');
    must((await page.getByLabel('Office').inputValue()) === 'Lindt', 'what was typed is gone');
    await state('setup-refused');
    office.instead = {};
  },

  async 'a proxy’s page about a failure is never shown'() {
    office.create('mara');
    office.instead['POST /session'] = [502, '<h1>Bad gateway</h1><script>alert(1)</script>'];
    await tolerating([/status of (401|502) /], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill('mara');
      await page.getByLabel('Password').fill('x');
      await button('Sign in').click();
      await page.getByText('The server could not do this just now (502).').waitFor();
    });
    office.instead = {};
  },

  async 'hours only'() {
    office.getBusy();
    office.detail = 'hours';
    await signIn();
    await page.getByText('Your office shows hours only here.').waitFor();
    must((await page.getByRole('table', { name: 'Apps today' }).count()) === 0, 'apps are shown although only hours may be');
    await state('today-hours-only');
    office.detail = 'apps';
    await button('Refresh').click();
    await page.getByRole('rowheader', { name: 'Figma' }).waitFor();
  },

  async 'a report that fails keeps the last one and says why'() {
    office.instead['GET /reports/activity'] = problem(503, 'The database is being restored.', 'Try again in a minute.');
    await tolerating([/status of 503 /], async () => {
      await button('Refresh').click();
      await page.getByText('The database is being restored.').first().waitFor();
      await page.getByRole('rowheader', { name: 'Figma' }).waitFor();
      await state('today-stale');
      office.instead = {};
      await button('Try again').first().click();
      await page.getByText('The database is being restored.').waitFor({ state: 'detached' });
    });
  },

  async 'all apps, on demand'() {
    must((await page.getByRole('rowheader', { name: 'Notes' }).count()) === 0, 'the short list is not short');
    await button('Show all 10').click();
    await page.getByRole('rowheader', { name: 'Notes' }).waitFor();
    await page.getByText('under 1 min').waitFor();
    await button('Show fewer').click();
  },

  async 'an invitation for nobody, then for someone: the dialog tells when the computer has joined'() {
    await button('Add a computer').click();
    await page.getByLabel('Whose computer is it?').fill('nobody');
    await tolerating([refused(404, '/api/v1/invitations')], async () => {
      await button('Create enrollment code').click();
      await page.getByText('Nobody here has the sign-in name “nobody”.').waitFor();
    });
    await state('invite-refused');
    await page.getByLabel('Whose computer is it?').fill('mara');
    await button('Create enrollment code').click();
    await page.getByText('Waiting for the computer to call in…').waitFor();
    office.devices.push({ id: 'new', name: 'NEW-LAPTOP', person: 'mara', kind: 'agent', enrolled: new Date().toISOString(), last_contact: new Date().toISOString(), last_contact_day: new Date().toISOString().slice(0, 10), revoked: null });
    await page.getByText('NEW-LAPTOP has joined.').waitFor();
    await state('invite-joined');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    must(await button('Add a computer').evaluate((b) => b === document.activeElement), 'the focus did not return to the button');
  },

  async 'without the clipboard, Copy still copies'() {
    // Plain HTTP in an office has no clipboard; here it is taken away.
    await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.reload();
    await button('Add a computer').click();
    await button('Create enrollment code').click();
    await button('Copy').first().click();
    await page.getByText('Copied', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
  },

  async 'an employee without a computer is told whom to ask'() {
    office.create('jonas', 'employee');
    Object.assign(office, { busy: false, devices: [] });
    await signIn();
    await page.getByText('Ask your administrator for an enrollment code.').waitFor();
    must((await button('Add a computer').count()) === 0, 'an employee is offered to add a computer');
    await state('today-employee');
  },

  async 'nothing answers at all, and then it does'() {
    await context.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
    await tolerating([/ERR_CONNECTION_REFUSED/], async () => {
      await page.reload();
      await page.getByRole('heading', { name: 'The server did not answer' }).waitFor();
      await state('away');
      await context.unroute('**/api/v1/**');
      // By itself, without a click.
      await page.getByRole('heading', { name: /^Good / }).waitFor();
    });
  },
};

let current = '';
try {
  for (const [name, step] of Object.entries(steps)) {
    current = name;
    console.log(name);
    await step();
  }
} catch (error) {
  fault(`step “${current}”: ${error.message}`);
  await photograph('failed').catch(() => {});
} finally {
  await close();
  stop();
}
process.exitCode = verdict() ? 0 : 1;
