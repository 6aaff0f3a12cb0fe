// A timer that runs while the server is stopped and started again.
//   node e2e/restart.mjs BASE_URL NAME PASSWORD OUT_DIR
// Whoever runs this stops the server when OUT_DIR/stop is there, and starts it again on the same address when OUT_DIR/start is. Exit code 1 on any fault.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/restart.mjs BASE_URL NAME PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const banner = page.getByRole('alert').filter({ hasText: /No connection to the server since \d\d:\d\d/ });
const wish = (what) => writeFileSync(join(out, what), '');
const running = async () => (await (await context.request.get(new URL('/api/v1/timer', base).href)).json()).entry;

await tell(watched, {
  async 'a timer goes on while the server is away'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await page.getByRole('textbox', { name: 'What are you working on?' }).fill('Through the night');
    await button('Start').click();
    await page.getByRole('timer').waitFor();
    await page.getByText('Waits for the server').waitFor({ state: 'detached' });
    const before = await running();

    await tolerating([/net::ERR_/, /status of 50\d /, /fetching the script/], async () => {
      wish('stop');
      await banner.waitFor();
      const clock = () => page.getByRole('timer').innerText();
      const then = await clock();
      await page.waitForFunction((was) => document.querySelector('[role=timer]')?.innerText !== was, then);
      await state('restart-lost');
      wish('start');
      await banner.waitFor({ state: 'detached' });
    });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('timer').waitFor();
    await page.reload();
    await page.getByRole('banner').getByText('Through the night').waitFor();
    const after = await running();
    must(JSON.stringify(after) === JSON.stringify(before), `the timer was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`);
    await page.getByRole('banner').getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('timer').waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Entries' }).getByText('Through the night').waitFor();
  },
});
