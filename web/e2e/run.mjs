// The page against a fresh server: set up, sign out, sign in, invite a computer, palette and keys, two tabs, lose and regain the server.
//   node e2e/run.mjs BASE_URL SETUP_LINK OUT_DIR
// Writes screenshots and result.json (name, password, recovery code, enrollment code) into OUT_DIR. Exit code 1 on any fault.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, open, refused, tell } from './browser.mjs';

const [base, link, out] = process.argv.slice(2);
if (!base || !link || !out) {
  console.error('usage: node e2e/run.mjs BASE_URL SETUP_LINK OUT_DIR');
  process.exit(2);
}

const NAME = 'mara.lindt';
const PASSWORD = 'Kreide Ofen Regen 7';
const secret = new URL(link).hash.slice(1);
const watched = await open(out);
const { page, context, state, tolerating, fault } = watched;
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name });
const today = () => page.getByRole('heading', { name: 'Today', level: 1 });
const NOT_YET = [refused(401, '/api/v1/session')];
let recovery = '';
let code = '';

const steps = {
  async 'a server that is not set up says so'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(new URL('/', link).href);
      await heading('This server is not set up yet').waitFor();
    });
    await state('not-set-up');
  },

  async 'set-up without a secret says what is needed'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(new URL('/setup', link).href);
      await page.getByText('This page needs the set-up link').waitFor();
    });
    await state('setup-without-secret');
  },

  async 'the secret leaves the address bar and is never sent as an address'() {
    page.on('request', (request) => {
      const referrer = request.headers().referer ?? '';
      if (secret && (new URL(request.url()).pathname + new URL(request.url()).search + referrer).includes(secret)) fault('the secret was sent in an address');
    });
    // The same document with another fragment: the browser does not reload, and the page must notice all the same.
    await page.goto(link);
    await heading('Your language').waitFor();
    must(!page.url().includes('#'), `the address bar still shows ${page.url()}`);
  },

  async 'the administrator is created and the recovery code is shown'() {
    await button('Continue').click();
    await page.getByLabel('Organisation').fill('Lindt & Söhne');
    await button('Continue').click();
    await page.getByLabel('Your sign-in name').fill(NAME);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByText('Strength: strong.').waitFor();
    await button('Continue').click();
    await heading('The office’s certificate').waitFor();
    await button('Continue').click();
    must((await page.getByLabel('Time zone').inputValue()) === 'Europe/Berlin', 'the browser’s time zone is not preselected');
    await button('Set up the office').click();
    await heading('Keep this recovery code').waitFor();
    recovery = (await page.getByRole('group', { name: 'Recovery code' }).innerText()).trim();
    must(/^[A-Z0-9]+(-[A-Z0-9]+)+$/.test(recovery), `the recovery code looks odd: ${recovery}`);
    await state('recovery-code');
  },

  async 'the code can be copied and downloaded'() {
    await button('Copy').click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), button('Download as text file').click()]);
    must(readFileSync(await file.path(), 'utf8').includes(recovery), 'the downloaded file does not hold the code');
  },

  async 'the page goes on only when the code is stored, and lands on Today'() {
    await button('Continue').click();
    await page.getByText('Tick “I have stored it” first.').waitFor();
    await page.getByLabel('I have stored it').check();
    await button('Continue').click();
    await today().waitFor();
    must(new URL(page.url()).pathname === '/', `the page landed on ${page.url()}`);
    await page.getByText('Nothing booked today yet.').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await state('today-first');
  },

  async 'signing out ends it'() {
    await button('Sign out').click();
    await heading('Sign in').waitFor();
    await page.getByText('You are signed out.').waitFor();
  },

  async 'the used link says so'() {
    await tolerating(NOT_YET, async () => {
      await page.goto('about:blank');
      await page.goto(link);
      await page.getByText('This set-up link can no longer be used').waitFor();
    });
    await state('setup-closed');
  },

  async 'a wrong password gets a sentence, with the focus on it'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(base);
      await heading('Sign in').waitFor();
      await state('sign-in');
      await page.getByLabel('Name').fill(NAME);
      await page.getByLabel('Password').fill('not the password');
      await button('Sign in').click();
      await page.getByRole('alert').waitFor();
    });
    must(await page.getByRole('alert').evaluate((box) => box === document.activeElement), 'the sentence has not the focus');
    await state('sign-in-wrong');
  },

  async 'the right password opens Today'() {
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('Password').press('Enter');
    await today().waitFor();
  },

  async 'a computer is invited'() {
    await page.getByRole('link', { name: 'Clients' }).click();
    await heading('Clients').waitFor();
    await page.getByText('No computers yet.').waitFor();
    await state('computers-none');
    await button('Add a computer').click();
    await page.getByLabel('Whose computer is it?').waitFor();
    await state('invite');
    await button('Create enrollment code').click();
    code = (await page.getByRole('group', { name: 'Enrollment code alone' }).innerText()).trim();
    const command = (await page.getByRole('group', { name: 'Command' }).innerText()).trim();
    must(command === `timebook agent enroll ${code}`, `the command is ${command}`);
    await page.getByText(/^Works for one computer, until /).waitFor();
    await state('invite-code');
    await button('Done').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  },

  async 'a page loads when one goes there, and going back comes back'() {
    await page.goBack();
    await today().waitFor();
    must(await today().evaluate((element) => element === document.activeElement), 'the heading has not the focus');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await heading('Clients').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await today().waitFor();
  },

  async 'the palette finds pages and commands, the keyboard map tells the keys'() {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('client');
    await state('palette');
    await page.getByRole('dialog').getByRole('combobox').press('Enter');
    await heading('Clients').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard map' }).waitFor();
    await state('keyboard-map');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await today().waitFor();
  },

  async 'the timer runs in the bar of every page, and in another tab'() {
    const other = await context.newPage();
    await other.goto(new URL('/computers', base).href);
    await other.getByRole('button', { name: 'Start timer' }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Start timer' }).click();
    await page.getByRole('timer').waitFor();
    await other.getByRole('timer').waitFor();
    await other.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('timer').waitFor({ state: 'detached' });
    await other.close();
  },

  async 'a lost server leaves what was known, and comes back'() {
    await tolerating([/net::ERR_/], async () => {
      await context.setOffline(true);
      await page.getByText('No connection to the server').waitFor();
      await today().waitFor();
      await state('today-lost');
      await context.setOffline(false);
      await page.getByText('No connection to the server').waitFor({ state: 'detached' });
    });
  },

  async 'an ended session asks for the password over the page, and then does what was wanted'() {
    await tolerating([/status of 401 /], async () => {
      await context.clearCookies();
      // In one go: the page may notice by itself, and its dialog then lies over the button.
      await page.getByRole('banner').getByRole('button', { name: 'Start timer' }).evaluate((element) => element.click());
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
      await state('sign-in-again');
    });
    must((await page.getByLabel('Name').inputValue()) === NAME, 'the name is not filled in');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('timer').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('timer').waitFor({ state: 'detached' });
  },

  async 'the language can be chosen'() {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('Deutsch');
    await page.getByRole('dialog').getByRole('combobox').press('Enter');
    await page.getByRole('heading', { name: 'Heute', level: 1 }).waitFor();
    must((await page.locator('html').getAttribute('lang')) === 'de', 'the page does not say that it is German');
    await state('today-german');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('English');
    await page.getByRole('dialog').getByRole('combobox').press('Enter');
    await today().waitFor();
  },

  async 'the colours can be chosen, and the choice survives a reload'() {
    await page.getByRole('button', { name: /^Colours: system/ }).click();
    await page.getByRole('button', { name: /^Colours: light/ }).click();
    await page.reload();
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor();
    must((await page.locator('html').getAttribute('data-theme')) === 'dark', 'the choice was lost');
    await page.getByRole('button', { name: /^Colours: dark/ }).click();
  },

  async 'an unknown address has a way back'() {
    await page.goto(new URL('/nowhere', base).href);
    await heading('There is no such page').waitFor();
    await state('no-such-page');
    await page.getByRole('link', { name: 'Go to Today' }).click();
    await today().waitFor();
  },

  async 'what the next story needs is written down'() {
    writeFileSync(join(out, 'result.json'), JSON.stringify({ name: NAME, password: PASSWORD, recovery_code: recovery, enrollment_code: code }));
  },
};

await tell(watched, steps);
