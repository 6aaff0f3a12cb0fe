// What administrators do: watch the server and long work, computers, people, the log, settings, imports.
//   node e2e/office.mjs BASE_URL NAME PASSWORD OUT_DIR
// NAME is an administrator. Audits and photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/office.mjs BASE_URL NAME PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const region = (text) => page.getByRole('region', { name: text, exact: true });
const title = (text) => page.getByRole('heading', { name: text, level: 1, exact: true }).waitFor();
const api = (method, path, data) => context.request.fetch(new URL(`/api/v1${path}`, base).href, { method, data, headers: { origin: new URL(base).origin } });

/** A day of samples, so that the chart has something to draw: the server itself has been up for seconds only. */
const samples = (count) => {
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  return Array.from({ length: count }, (_, i) => ({ at: new Date(now - (count - 1 - i) * 60_000).toISOString(), memory_bytes: 150e6 + 60e6 * Math.sin(i / 230) + (i === 700 ? 90e6 : 0), cpu_percent: 10, connections: 12, requests: 90, changes: 4, commit_p99_us: 9000 }));
};

const steps = {
  async 'an administrator signs in'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await title('Today');
  },

  async 'the server is Started, with its figures'() {
    let items = [];
    await page.route('**/api/v1/server/history', (route) => route.fulfill({ json: { items } }));
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await title('Server status');
    await region('At a glance').getByText('Started').waitFor();
    await region('At a glance').getByText('signed in').waitFor();
    await region('Load').getByText('A sample is taken every minute.').waitFor();
    await region('Latest events').getByText('Signed in').first().waitFor();
    await region('Running now').getByText('Nothing is running.').waitFor();
    items = samples(1440);
  },

  async 'the load of a day is read by keyboard, and the address keeps what one looks at'() {
    await page.reload();
    const chart = page.getByRole('slider', { name: /^Memory\. / });
    await chart.focus();
    await page.keyboard.press('End');
    const last = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    must((await chart.getAttribute('aria-valuetext')) !== last, 'the arrow keys do not move along the chart');
    await state('server-load');
    await region('Load').getByText('Processor').click();
    await page.getByRole('slider', { name: /^Processor\. / }).waitFor();
    must(new URL(page.url()).searchParams.get('load') === 'cpu', `the address is ${page.url()}`);
    await page.unroute('**/api/v1/server/history');
  },

  async 'long work stands under Running now, in every tab and after a reload'() {
    const made = await api('POST', '/exports/entries', { from: '2026-01-01', to: '2026-01-31' });
    must(made.status() === 201, `the export was answered with ${made.status()}`);
    await region('Running now').getByText('Time entries as a table').waitFor();
    await region('Running now').getByRole('link', { name: /^Download/ }).waitFor();
    await page.reload();
    const [file] = await Promise.all([page.waitForEvent('download'), region('Running now').getByRole('link', { name: /^Download/ }).click()]);
    must(file.suggestedFilename().endsWith('.csv'), `the file is called ${file.suggestedFilename()}`);
    await state('server-job');
    // On every page, from the bar.
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await title('Clients');
    await page.getByRole('banner').getByRole('button', { name: 'Running now' }).click();
    await region('Running now').getByRole('link', { name: /^Download/ }).waitFor();
    await state('jobs-in-the-bar');
    await page.keyboard.press('Escape');
    await region('Running now').waitFor({ state: 'detached' });
    await page.goBack();
    await title('Server status');
    await button('Remove from the list: Time entries as a table').click();
    await region('Running now').getByText('Nothing is running.').waitFor();
  },

  async 'a server that does not answer is no Started one'() {
    await tolerating([/net::ERR_/, /fetching the script/], async () => {
      await context.setOffline(true);
      await region('At a glance').getByText('No answer').waitFor();
      await state('server-lost');
      await context.setOffline(false);
      await region('At a glance').getByText('Started').waitFor();
    });
  },

  async 'a code for a computer is made, waits, and is withdrawn'() {
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await title('Clients');
    await region('Computers').waitFor();
    await page.keyboard.press('n');
    await button('Create enrollment code').click();
    await page.getByRole('group', { name: 'Enrollment code alone' }).waitFor();
    await button('Done').click();
    await region('Codes that wait').getByRole('button', { name: `Withdraw the code for ${name}` }).click();
    await region('Codes that wait').waitFor({ state: 'detached' });
  },

  async 'what was set aside is discarded only after a question'() {
    const aside = [{ id: 'q1', device: 'gone', why: 'conflict', sentence: 'It says something else than what was already accepted under the same numbers.', detail: 'Batch 7 of the stream “activity”.', at: new Date().toISOString(), bytes: 18_400 }];
    await page.route('**/api/v1/quarantine**', (route) => (route.request().method() === 'GET' ? route.fulfill({ json: { items: aside } }) : (aside.pop(), route.fulfill({ status: 204 }))));
    await page.reload();
    await region('Set aside').getByText('It says something else').waitFor();
    await state('computers-aside');
    await button('Discard the delivery of “unknown computer”?').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
    await region('Set aside').waitFor({ state: 'detached' });
    await page.unroute('**/api/v1/quarantine**');
  },

  async 'a computer is looked at and revoked, by typing its name'() {
    const desk = `reception-${Date.now() % 100_000}`;
    await api('POST', '/tokens', { device: desk });
    await page.getByRole('link', { name: desk }).click();
    await title(desk);
    await button('Revoke').click();
    const dialog = page.getByRole('dialog');
    must(await dialog.getByRole('button', { name: 'Revoke' }).isDisabled(), 'revoking works without the name');
    await dialog.getByRole('textbox').fill(desk);
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    await state('computer-revoked');
    await page.goto(new URL('/computers/nothing', base).href);
    await title('There is no such computer');
    await page.getByRole('link', { name: 'All clients' }).click();
    await page.getByRole('table', { name: 'Clients' }).getByText('Revoked').first().waitFor();
    await state('computers');
  },

  async 'the log is looked through, held, followed, and its chain verified'() {
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await title('Activity log');
    await region('Activity log').getByText('Computer revoked').first().waitFor();
    await page.keyboard.press('p');
    await api('POST', '/tokens', { device: 'while-held' });
    await region('Activity log').getByText(/^Paused: \d+ new/).waitFor();
    await button('Resume').click();
    await region('Activity log').getByText('while-held').first().waitFor();
    await page.getByLabel('What').selectOption('token');
    await page.getByLabel('Find').fill('while-held');
    await page.waitForURL((url) => url.search === '?what=token&q=while-held');
    await region('Activity log').getByText('Computer revoked').waitFor({ state: 'detached' });
    await region('Activity log').getByRole('button', { name: /^Access token made/ }).click();
    await page.getByRole('dialog').getByText('token.create').waitFor();
    await state('log-entry');
    await page.keyboard.press('Escape');
    await page.getByLabel('Find').fill('nothing like it');
    await region('Activity log').getByText('Nothing matches').waitFor();
    await button('Clear filters').click();
    await button('Verify the chain').click();
    await page.getByText(/^Chain verified .* unbroken\.$/).waitFor();
    await state('log');
  },
};

await tell(watched, steps);
