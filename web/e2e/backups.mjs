// An administrator looks after backups in the page: makes one, verifies it, takes it out, puts the office back, and brings the file again.
//   node e2e/backups.mjs BASE_URL ADMINISTRATOR PASSWORD OUT_DIR
// Audits and photographs each state on the way. Exit code 1 on any fault.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, open, refused, tell } from './browser.mjs';

const [base, administrator, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/backups.mjs BASE_URL ADMINISTRATOR PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const panel = page.getByRole('region', { name: 'Backups', exact: true });
const running = page.getByRole('list', { name: 'Running now' });
const taken = join(out, 'taken.tbk');
const STEP_UP = [refused(403, '/api/v1/backups')];

async function signIn() {
  await tolerating([/status of 401 /], async () => {
    await page.goto(new URL('/server', base).href);
    await page.getByLabel('Name').fill(administrator);
  });
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
  await panel.waitFor();
}

/** What the server says of copies, which it makes by itself, every twenty seconds. */
const refusal = () => panel.getByText('/dev/null/copies');

async function choose(what) {
  await panel.locator('summary').first().click();
  await panel.getByRole('button', { name: what }).click();
}

async function prove() {
  await page.getByRole('dialog').getByLabel('Password').fill(password);
  await page.getByRole('dialog').getByLabel('Password').press('Enter');
}

const steps = {
  async 'a backup is made and verified'() {
    await signIn();
    await panel.getByText('There is no backup yet').waitFor();
    await panel.getByText('The next one is made by itself').waitFor();
    await state('backups-none');
    await button('Back up now').click();
    await panel.getByText('People: 1, time entries: 0, recorded events: 0').waitFor();
    await choose('Verify');
    await running.getByText('Check of a backup').waitFor();
    await running.getByText('Sound:').waitFor();
    await panel.locator('summary').first().click();
    await state('backups-menu');
    await page.keyboard.press('Escape');
  },

  async 'a copy that cannot be made is told of on every page'() {
    const set = (path) => page.request.put(new URL('/api/v1/settings/backup.folder', base).href, { data: { value: path }, headers: { origin: new URL(base).origin } });
    must((await set('/dev/null/copies')).ok(), 'the folder was not set');
    await refusal().waitFor({ timeout: 60_000 });
    await page.goto(new URL('/', base).href);
    await page.getByText(/needs? to be seen to:/).waitFor();
    await state('concern-bar');
    await page.getByRole('status', { name: 'Server status' }).getByRole('link').click();
    await page.getByRole('region', { name: 'To see to' }).getByText(/^The last backup or copy failed: .*\/dev\/null/).waitFor();
    await state('concerns');
    await page.request.delete(new URL('/api/v1/settings/backup.folder', base).href, { headers: { origin: new URL(base).origin, 'content-type': 'application/json' } });
    await refusal().waitFor({ state: 'detached', timeout: 60_000 });
  },

  async 'it is taken out with the password'() {
    await choose('Download');
    const saved = page.waitForEvent('download');
    await prove();
    await (await saved).saveAs(taken);
    must(readFileSync(taken).length > 1000, 'the file is too short to be an office');
  },

  async 'it is deleted, and the file brought back'() {
    await choose('Delete backup');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete backup' }).click();
    await panel.getByText('There is no backup yet').waitFor();
    await panel.locator('input[type=file]').setInputFiles(taken);
    await page.getByText('The backup is sound, and stands in the list.').waitFor();
    await panel.getByText('People: 1, time entries: 0, recorded events: 0').waitFor();
  },

  async 'a file that is none is refused in words'() {
    await tolerating([/status of 4\d\d /], async () => {
      await panel.locator('input[type=file]').setInputFiles({ name: 'no.tbk', mimeType: 'application/octet-stream', buffer: Buffer.from('not a backup') });
      await page.locator('.toasts').getByText(/not a backup|no backup/i).waitFor();
    });
  },

  async 'the office is put back, and everybody signs in again'() {
    await choose('Restore');
    const dialog = page.getByRole('dialog', { name: 'Put the office back as it was' });
    await dialog.getByText('What is there now is saved as a backup of its own').waitFor();
    await state('backups-restore');
    await dialog.getByRole('textbox').fill('restore');
    await tolerating([/status of (401|503) /, /Failed to load resource/], async () => {
      await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
      await page.goto('about:blank');
    });
    await signIn();
    await panel.getByText(/^Put back .*, as it was /).waitFor();
    must((await panel.getByRole('listitem').count()) === 2, 'what was there before is not kept as a backup');
    await state('backups-restored');
  },
};

// The first try of what asks for the password is refused.
const asked = ([title, step]) => [title, title.includes('words') || title.includes('put back') ? step : () => tolerating(STEP_UP, step)];
await tell(watched, Object.fromEntries(Object.entries(steps).map(asked)));
