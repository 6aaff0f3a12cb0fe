// What managers do: see no more than the policy allows, approve and send back, reports, a project from the first to the archive.
//   node e2e/team.mjs BASE_URL MANAGER EMPLOYEE PASSWORD OUT_DIR APP
// Both have the same password; the employee's computer has recorded APP today, and the office lets managers see hours only. Audits and
// photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, manager, employee, password, out, app] = process.argv.slice(2);
if (!app) {
  console.error('usage: node e2e/team.mjs BASE_URL MANAGER EMPLOYEE PASSWORD OUT_DIR APP');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const region = (text) => page.getByRole('region', { name: text });
const title = (text, where = page) => where.getByRole('heading', { name: text, level: 1, exact: true }).waitFor();
const toast = (text) => page.getByText(text).first().waitFor();
const dialog = () => page.getByRole('dialog');
const go = async (key) => {
  await page.locator('h1').first().focus();
  await page.keyboard.press('g');
  await page.keyboard.press(key);
};
/** Calls the API as somebody, as their own program would. */
const caller = (of) => async (method, path, data) => {
  const answer = await of.request.fetch(new URL(`/api/v1${path}`, base).href, { method, data, headers: { origin: new URL(base).origin, 'content-type': 'application/json' } });
  return { status: answer.status(), text: await answer.text(), json: () => answer.json() };
};
const mine = caller(context);
const other = await context.browser().newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
other.setDefaultTimeout(20_000);
const theirs = caller(other);
const hers = await other.newPage();
const DAY = 86_400_000;
const dayOf = (at) => new Date(at).toISOString().slice(0, 10);
const today = dayOf(Date.now());
let week;

const steps = {
  async 'a manager signs in; the office has no time yet'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(manager);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await title('Today');
    must((await theirs('POST', '/session', { name: employee, password })).status === 200, 'the employee cannot sign in');
    await go('r');
    await title('Reports');
    await region('Hours per day').getByText('No time in this period').waitFor();
    await state('reports-empty');
    await go('o');
    await title('Approvals');
    await page.getByText('No week waits for you.').waitFor();
    await state('approvals-empty');
  },

  async 'a project is made, with a customer, a budget and tasks below tasks'() {
    await go('j');
    await title('Projects');
    await region('Projects').getByText('No projects yet').waitFor();
    await state('projects-empty');
    await button('New customer').click();
    await dialog().getByLabel('Name').fill('Harbour Clinic');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await toast('Harbour Clinic is saved.');
    await page.keyboard.press('n');
    await dialog().getByLabel('Budget in hours').fill('many');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Hours such as 120').waitFor();
    must(await dialog().getByLabel('Name').evaluate((input) => input === document.activeElement), 'the first wrong field has not the focus');
    await dialog().getByLabel('Name').fill('Rota');
    await dialog().getByLabel('Budget in hours').fill('38:30');
    await dialog().getByLabel('Customer').selectOption({ label: 'Harbour Clinic' });
    await dialog().getByLabel('Only these people').check();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Choose somebody, or everyone.').waitFor();
    await state('project-fault');
    await dialog().getByLabel(employee).check();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Rota' }).click();
    await title('Rota');

    // A dead server loses nothing of what was typed, and somebody who was faster is asked about.
    await button('Edit project').click();
    await dialog().getByLabel('Name').fill('Rota planning');
    await page.route('**/api/v1/projects/**', (route) => route.abort());
    await tolerating([/net::ERR_/, /status of 412 /], async () => {
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().getByText('Nothing you typed is lost.').waitFor();
      must((await dialog().getByLabel('Name').inputValue()) === 'Rota planning', 'what was typed is gone');
      await page.unroute('**/api/v1/projects/**');
      const [now] = (await (await mine('GET', '/projects')).json()).items;
      const { id, version, customer = null, colour = null, billable, budget_minutes = null, archived, members = null } = now;
      const theirs = await context.request.put(new URL(`/api/v1/projects/${id}`, base).href, { data: { name: 'Rota of others', customer, colour, billable, budget_minutes, archived, members }, headers: { origin: new URL(base).origin, 'if-match': `"${version}"` } });
      must(theirs.ok(), `the other change was answered with ${theirs.status()}: ${await theirs.text()}`);
      await dialog().getByRole('button', { name: 'Save' }).click();
      await dialog().getByText('Rota of others').waitFor();
      await button('Keep mine').click();
      await title('Rota planning');
    });
    await button('Edit project').click();
    await dialog().getByLabel('Name').fill('Rota');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await title('Rota');
    await button('New task').click();
    await dialog().getByLabel('Name').fill('Concept');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await button('New task below Concept').click();
    await dialog().getByLabel('Name').fill('Interviews');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await region('Tasks').getByText('Interviews').waitFor();
    await button('Delete').waitFor();
  },

  async 'a week with its flaws comes in by itself, and goes back by keyboard'() {
    week = await (await theirs('GET', `/timesheets/${employee}/${dayOf(Date.now() - 7 * DAY)}`)).json();
    const project = (await (await theirs('GET', '/projects')).json()).items[0].id;
    const at = (day, hour) => new Date(Date.parse(`${week.first}T00:00:00Z`) + day * DAY + hour * 3_600_000).toISOString();
    for (const [day, from, to, note] of [[0, 8, 16, 'Talks'], [1, 7, 18, 'Workshop'], [2, 8, 13, 'Notes'], [2, 12, 16, 'Call'], [3, 8, 16, 'Plan']]) {
      const made = await theirs('POST', '/entries', { start: at(day, from), end: at(day, to), project, note });
      must(made.status === 201, `an entry was answered with ${made.status}: ${made.text}`);
    }
    await go('o');
    await title('Approvals');
    await page.getByText('No week waits for you.').waitFor();
    await hers.goto(new URL(`/timesheet?w=${week.first}`, base).href);
    await hers.getByRole('button', { name: 'Submit week' }).click();
    await hers.getByRole('dialog').getByRole('button', { name: 'Submit week' }).click();
    // The manager's page was not touched.
    const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: employee }) });
    await row.getByText(/entries overlap/).waitFor();
    await row.locator('.pill').getByText(/: 11 h$/).waitFor();
    await state('approvals');
    await page.keyboard.press('j');
    must(await page.evaluate((name) => document.activeElement?.textContent === name, employee), 'j does not lead to the week');
    await page.keyboard.press('r');
    await dialog().getByRole('button', { name: 'Send back' }).click();
    await dialog().getByText('Fill this in.').waitFor();
    await dialog().getByLabel('What is to be changed?').fill('Friday is missing.');
    await dialog().getByRole('button', { name: 'Send back' }).click();
    await page.getByText('No week waits for you.').waitFor();
    await hers.getByText('Sent back: Friday is missing.').waitFor();
  },

  async 'an approval can be taken back, and counts when one goes elsewhere'() {
    const friday = new Date(Date.parse(`${week.first}T00:00:00Z`) + 4 * DAY);
    await theirs('POST', '/entries', { start: new Date(friday.getTime() + 8 * 3_600_000).toISOString(), end: new Date(friday.getTime() + 16 * 3_600_000).toISOString(), note: 'Report' });
    await hers.getByRole('button', { name: 'Submit week' }).click();
    await hers.getByRole('dialog').getByRole('button', { name: 'Submit week' }).click();
    const link = page.getByRole('link', { name: new RegExp(`^${employee}, `) });
    await link.waitFor();
    await page.locator('h1').focus();
    await page.keyboard.press('a');
    await link.waitFor({ state: 'detached' });
    await button('Undo').last().click();
    await link.waitFor();
    must((await (await mine('GET', `/timesheets/${employee}/${week.first}`)).json()).state === 'submitted', 'an approval that was taken back was sent');
    await page.locator('h1').focus();
    await page.keyboard.press('a');
    await link.waitFor({ state: 'detached' });
    await go('y');
    await title('Team');
    await hers.getByText('Approved: it stays as it is.').waitFor();
    await page.keyboard.press('[');
    await page.getByRole('row', { name: new RegExp(employee) }).getByText('Approved').waitFor();
    await state('team');
    await page.getByRole('link', { name: employee }).first().click();
    await title(employee);
    await page.getByText(/^Overlap \d\d:00 – \d\d:00$/).waitFor();
    await state('team-person');
    await button('Open again').waitFor();
  },

  async 'a report is read by keyboard, as a table, and kept under a name'() {
    await page.goto(new URL(`/reports?from=${week.first}&to=${week.last}`, base).href);
    await title('Reports');
    const bars = page.getByRole('slider', { name: /^Hours per day\. / });
    await bars.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    must(/11 h.*Rota 11 h/.test((await bars.getAttribute('aria-valuetext')) ?? ''), `the second day reads ${await bars.getAttribute('aria-valuetext')}`);
    await page.keyboard.press('Enter');
    await region('Day by person').getByRole('link', { name: /Workshop, \d\d:\d\d to/ }).waitFor();
    await region('Day by person').getByText('managers see hours only').waitFor();
    await state('reports');
    await page.getByText('Table', { exact: true }).click();
    await page.getByLabel('Told apart by').selectOption({ label: 'By person' });
    await page.getByRole('region', { name: 'Hours per day, as a table' }).getByRole('columnheader', { name: employee }).waitFor();
    await state('reports-table');
    await page.locator('summary', { hasText: 'People' }).click();
    await page.getByRole('checkbox', { name: employee }).check();
    await page.keyboard.press('Escape');
    must(new URL(page.url()).searchParams.get('people') === employee, `the address is ${page.url()}`);
    await page.locator('summary', { hasText: 'Saved views' }).click();
    await button('Save this view').click();
    await dialog().getByLabel('Name').fill('Their week');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await toast('“Their week” is saved.');
    await button('Clear filters').click();
    await page.locator('summary', { hasText: 'Saved views' }).click();
    await button('Their week').click();
    must(new URL(page.url()).searchParams.get('people') === employee, 'the view did not open as it was saved');
  },

  async 'a report becomes a file: at once, and as long work'() {
    await page.locator('summary', { hasText: 'Export' }).click();
    const [table] = await Promise.all([page.waitForEvent('download'), button('These hours as a table (CSV)').click()]);
    must(table.suggestedFilename().endsWith('.csv'), `the file is called ${table.suggestedFilename()}`);
    await page.locator('summary', { hasText: 'Export' }).click();
    await button('All time entries of this period (CSV)').click();
    const done = region('Running now').getByRole('link', { name: /^Download/ });
    const [file] = await Promise.all([page.waitForEvent('download'), done.click()]);
    must(file.suggestedFilename().endsWith('.csv'), `the file is called ${file.suggestedFilename()}`);
  },

  async 'a manager sees no more than the policy allows, also not through the API'() {
    await page.goto(new URL(`/reports?d=${today}`, base).href);
    await button('Show recorded activity').click();
    await region('Day by person').getByText(/recorded/).first().waitFor();
    await region('Day by person').getByText('Everybody shown here can see').waitFor();
    must(!(await page.locator('main').innerText()).includes(app), `the page tells that ${employee} used ${app}`);
    const span = `from=${today}&to=${today}`;
    for (const path of [`/reports/activity?person=${employee}&${span}`, `/reports/activity/totals?person=${employee}&${span}&by=app`, `/reports/activity/totals?person=${employee}&${span}&by=category`, `/reports/activity/totals?person=${employee}&${span}&by=site`, `/reports/activity/team?${span}&by=app`, `/reports/activity/team?${span}&by=category`, `/reports/activity?person=${employee}&${span}&rows=events`, `/activity/search?text=${app}&${span}`]) {
      const answer = await mine('GET', path);
      must(!answer.text.includes(app), `${path} tells the manager of ${app}: ${answer.text.slice(0, 300)}`);
    }
    must((await theirs('GET', `/reports/activity/totals?person=${employee}&${span}&by=app`)).text.includes(app), 'the employee does not see their own');
    must((await theirs('GET', '/access-log')).text.includes(manager), 'the employee does not see who looked');
  },

  async 'an employee sees nobody else, neither in the page nor through the API'() {
    for (const path of [`/timesheets/${manager}/${today}`, `/targets?person=${manager}`, `/reports/days?person=${manager}&from=${today}&to=${today}`, `/reports/activity/totals?person=${manager}&from=${today}&to=${today}&by=app`]) {
      const answer = await theirs('GET', path);
      must(answer.status === 403, `${path} was answered with ${answer.status}`);
    }
    must((await theirs('POST', '/projects', { name: 'Mine' })).status === 403, 'an employee makes projects');
    must((await theirs('POST', `/timesheets/${employee}/${week.first}/approve`)).status === 403, 'an employee approves their own week');
    await hers.goto(new URL('/approvals', base).href);
    await title('You do not have access', hers);
    must((await hers.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).count()) === 0, 'the navigation offers what is not theirs');
    await hers.goto(new URL(`/team/${manager}`, base).href);
    await title('This person’s week is not open to you', hers);
  },

  async 'a project with time on it is archived, not deleted, and comes back by Undo'() {
    await go('j');
    await page.getByRole('link', { name: 'Rota' }).click();
    await title('Rota');
    await page.getByRole('slider', { name: /^Hours by month\. / }).waitFor();
    await region('Budget').getByText(/^36 h of 38 h 30/).waitFor();
    must((await button('Delete').count()) === 0, 'a project with time can be deleted');
    await state('project');
    await button('Archive').click();
    await toast('Rota is archived.');
    await button('Undo').last().click();
    await button('Archive').click();
    await page.getByText('so it can be archived and not deleted').waitFor();
    await page.getByRole('link', { name: 'All projects' }).click();
    await page.getByRole('link', { name: 'Rota' }).waitFor({ state: 'detached' });
    await page.getByLabel('Show archived ones').check();
    await page.getByRole('link', { name: 'Rota' }).waitFor();
    await state('projects');
  },

  async 'without the server, a report keeps what it knew'() {
    await page.goto(new URL(`/reports?from=${week.first}&to=${week.last}`, base).href);
    await page.getByRole('slider', { name: /^Hours per day\. / }).waitFor();
    // The browser may be asking for the worker just then.
    await tolerating([/net::ERR_/, /fetching the script/], async () => {
      await context.setOffline(true);
      await page.getByText('No connection to the server').waitFor();
      await state('reports-offline');
      await context.setOffline(false);
      await page.getByText('No connection to the server').waitFor({ state: 'detached' });
    });
  },
};

await tell(watched, steps, { failed: () => hers.screenshot({ path: `${out}/failed-other.png` }) });
