// A new colleague follows the link to join and signs in; another one forgot the password and follows the link to set a new one.
//   node e2e/links.mjs BASE_URL JOIN_LINK NEW_NAME RESET_LINK OLD_NAME OLD_PASSWORD OUT_DIR
// Audits and photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, join, newName, reset, oldName, oldPassword, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/links.mjs BASE_URL JOIN_LINK NEW_NAME RESET_LINK OLD_NAME OLD_PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const heading = (text) => page.getByRole('heading', { name: text });
const NOT_YET = [refused(401, '/api/v1/session')];
const CLOSED = [...NOT_YET, refused(410, '/api/v1/links/look')];

async function choose(password) {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password again').fill(password);
  await button('Set password').click();
  await heading('Your password is set').waitFor();
}

async function signIn(name, password) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
}

const steps = {
  async 'the link opens with the person’s name, and keeps its secret out of the address'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(join);
      await page.getByText(`You sign in as “${newName}”`).waitFor();
    });
    must(!page.url().includes('#'), `the secret stays in the address: ${page.url()}`);
    await state('join');
  },

  async 'two different passwords are told apart before anything is sent'() {
    await page.getByLabel('Password', { exact: true }).fill('a first long password');
    await page.getByLabel('Password again').fill('another long password');
    await button('Set password').click();
    await page.getByText('The two passwords differ.').waitFor();
    await state('join-mismatch');
  },

  async 'a password is chosen, and signs in'() {
    await choose('seven green bottles');
    await state('join-done');
    await button('Go to sign-in').click();
    await signIn(newName, 'seven green bottles');
    await heading('Today').first().waitFor();
    // First away from the page: what it still asks for would be asked without a session.
    await page.goto('about:blank');
    await context.clearCookies();
  },

  async 'the link works once'() {
    await tolerating(CLOSED, async () => {
      await page.goto(join);
      await heading('This link can no longer be used').waitFor();
    });
    await state('join-closed');
  },

  async 'a link without its end says what is missing'() {
    await tolerating(NOT_YET, async () => {
      await page.goto('about:blank');
      await page.goto(new URL('/reset', base).href);
      await heading('This page needs the whole link').waitFor();
    });
    await state('link-cut');
  },

  async 'another password is set, and the old one is no good any more'() {
    await tolerating(NOT_YET, async () => {
      await page.goto('about:blank');
      await page.goto(reset);
      await heading('Set a new password').waitFor();
    });
    await state('reset');
    await choose('eight blue lanterns');
    await button('Go to sign-in').click();
    await tolerating(NOT_YET, async () => {
      await signIn(oldName, oldPassword);
      await page.getByRole('alert').waitFor();
    });
    await page.getByLabel('Password').fill('eight blue lanterns');
    await page.getByLabel('Password').press('Enter');
    await heading('Today').first().waitFor();
  },
};

await tell(watched, steps);
