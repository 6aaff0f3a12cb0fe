// Signs in and waits until Today shows an app; for tests that record something first.
//   node e2e/look.mjs BASE_URL NAME PASSWORD OUT_DIR APP
// Audits and photographs the page. Exit code 1 on any fault, also when the app never shows.
import { open, refused, tell } from './browser.mjs';

const [base, name, password, out, app] = process.argv.slice(2);
if (!app) {
  console.error('usage: node e2e/look.mjs BASE_URL NAME PASSWORD OUT_DIR APP');
  process.exit(2);
}
const watched = await open(out);
const { page, state, tolerating } = watched;
await tell(watched, {
  async 'what was recorded shows'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('list', { name: /^Recorded activity/ }).getByText(new RegExp(`^${app}, `)).waitFor();
    await state('today-recorded');
    // It was paused there: said on every page, with the way to go on, and in the list.
    await page.getByRole('banner').getByText(/^Recording paused until \d\d:\d\d$/).waitFor();
    await page.getByRole('banner').getByRole('link', { name: 'Resume' }).waitFor();
    await page.getByRole('link', { name: 'Clients' }).click();
    await page.getByRole('row').getByText('Recording paused').waitFor();
    await page.getByRole('table', { name: 'Clients' }).waitFor();
    await state('computers');
  },
});
