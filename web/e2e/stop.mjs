// The server is stopped and started while somebody is at work: the countdown on their page, called off; then out of service and back.
//   node e2e/stop.mjs BASE_URL ADMINISTRATOR EMPLOYEE PASSWORD OUT_DIR
// Audits and photographs each state on the way. Exit code 1 on any fault.
import { join } from 'node:path';
import { must, open, refused, tell } from './browser.mjs';

const [base, administrator, employee, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/stop.mjs BASE_URL ADMINISTRATOR EMPLOYEE PASSWORD OUT_DIR');
  process.exit(2);
}
const [root, cy] = [await open(join(out, 'root')), await open(join(out, 'cy'))];
const named = (at, text) => at.page.getByRole('button', { name: text, exact: true });
const wanted = cy.page.getByRole('textbox', { name: 'What are you working on?' });
const outOfService = cy.page.getByRole('dialog', { name: 'Out of service' });
const tile = root.page.getByRole('region', { name: 'At a glance' });
const AWAY = [/status of 503 /];

async function signIn(at, path, name) {
  await at.tolerating([refused(401, '/api/v1/session')], async () => {
    await at.page.goto(new URL(path, base).href);
    await at.page.getByLabel('Name').fill(name);
  });
  await at.page.getByLabel('Password').fill(password);
  await named(at, 'Sign in').click();
}

async function stop(grace, reason, look) {
  await named(root, 'Stop').click();
  const dialog = root.page.getByRole('dialog', { name: 'Stop the server' });
  await dialog.getByText(`Signed in: ${employee}`).waitFor();
  await dialog.getByText('No long work is running').waitFor();
  must(await dialog.getByRole('button', { name: 'Cancel' }).evaluate((button) => button === document.activeElement), 'Cancel has not the focus');
  await dialog.getByLabel('Warn everybody first').selectOption(grace);
  await dialog.getByLabel('Reason, for everybody to read').fill(reason);
  if (look) await root.state('server-stop');
  await dialog.getByRole('button', { name: 'Stop the server' }).click();
}

const steps = {
  async 'two people are at work'() {
    await signIn(cy, '/', employee);
    await wanted.fill('Half a sentence');
    await cy.page.getByText('Live', { exact: true }).waitFor();
    await signIn(root, '/server', administrator);
    await tile.getByText('Started', { exact: true }).waitFor();
  },

  async 'everybody sees who stops the server, why and when, and it is called off'() {
    await stop('10 minutes', 'a new disk', true);
    for (const at of [root, cy]) {
      await at.page.getByRole('alert').getByText(`${administrator} takes the server out of service`).waitFor();
      await at.page.getByRole('alert').getByText('a new disk').waitFor();
    }
    const left = () => cy.page.locator('[role=timer]').filter({ hasText: /^\d:\d\d$/ }).innerText();
    const then = await left();
    must(/^(9:\d\d|10:00)$/.test(then), `it counts from ${then}`);
    await cy.page.waitForFunction((was) => ![...document.querySelectorAll('[role=timer]')].some((timer) => timer.textContent === was), then);
    must((await named(cy, 'Call off').count()) === 0, 'an employee may call it off');
    await cy.state('server-ends');
    await named(root, 'Call off').click();
    await cy.page.getByText('takes the server out of service').waitFor({ state: 'detached' });
    await root.page.getByText('Called off: the server stays in service.').waitFor();
  },

  async 'out of service: a calm page for one, Start for the other'() {
    await stop('No, at once', 'a newer disk', false);
    await outOfService.waitFor();
    await cy.state('out-of-service');
    await tile.getByText('Stopped', { exact: true }).waitFor();
    await tile.getByText(`By ${administrator}: a newer disk`).waitFor();
    await named(root, 'Start').waitFor();
    await root.state('server-stopped');
    await root.page.reload();
    await tile.getByText('Stopped', { exact: true }).waitFor();
  },

  async 'back: nobody signs in, and what was typed is there'() {
    await named(root, 'Start').click();
    await tile.getByText('Started', { exact: true }).waitFor();
    await outOfService.waitFor({ state: 'detached' });
    await cy.page.getByText('Live', { exact: true }).waitFor();
    must((await wanted.inputValue()) === 'Half a sentence', 'what was typed is gone');
    await named(cy, 'Start').click();
    await cy.page.getByRole('banner').getByText('Half a sentence').waitFor();
  },
};

// Signing in has refusals of its own.
const away = ([title, step], i) => [title, i === 0 ? step : () => root.tolerating(AWAY, () => cy.tolerating(AWAY, step))];
await tell([cy, root], Object.fromEntries(Object.entries(steps).map(away)));
