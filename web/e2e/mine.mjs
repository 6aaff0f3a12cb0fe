// What is one's own: the recorded day, a selection that becomes an entry, another that is deleted, who looked, and the account.
//   node e2e/mine.mjs BASE_URL NAME PASSWORD OUT_DIR DAY
// On DAY, NAME's computer recorded Editor 09:00–10:00, Mail 10:00–10:30 and Shop 10:30–11:00, in UTC, which is the person's zone; nobody looked at it, and a manager “bo”,
// who has the same password, may. Audits and photographs each state on the way. Exit code 1 on any fault.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, out, day] = process.argv.slice(2);
if (!day) {
  console.error('usage: node e2e/mine.mjs BASE_URL NAME PASSWORD OUT_DIR DAY');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const region = (text) => page.getByRole('region', { name: text, exact: true });
const dialog = () => page.getByRole('dialog');
const title = (text) => page.getByRole('heading', { name: text, level: 1, exact: true }).waitFor();
const toast = (text) => page.getByText(text).first().waitFor();
const go = async (key, heading) => {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await title(heading);
};

/** The code an app shows for a key at a time, by RFC 6238. */
function codeOf(secret, at) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/[^A-Z2-7]/g, '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const steps = {
  async 'an employee opens the recorded day'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await title('Today');
    await go('a', 'My activity');
    await page.getByText('Nothing was recorded on this day').waitFor();
    await state('activity-empty');
    await page.keyboard.press('[');
    await page.getByText('2 h, from 09:00 to 11:00').waitFor();
    must(new URL(page.url()).searchParams.get('d') === day, `the address is ${page.url()}`);
  },

  async 'a stretch is chosen by keyboard and becomes a time entry'() {
    const lanes = page.getByRole('slider', { name: /^Timeline by application/ });
    await lanes.focus();
    await page.keyboard.press('Home');
    must((await lanes.getAttribute('aria-valuetext')).startsWith('Editor, 09:00 to 10:00'), `it reads ${await lanes.getAttribute('aria-valuetext')}`);
    await page.keyboard.press('Shift+ArrowRight');
    await region('Selection').getByText('1 h 30 selected, 1 h 30 recorded').waitFor();
    await state('activity-selected');
    await button('Make time entry').click();
    await dialog().getByLabel('Note').fill('Letter to the bank');
    await dialog().getByRole('button', { name: /^Add/ }).click();
    await toast('Entry added.');
    await dialog().waitFor({ state: 'detached' });
  },

  async 'a drag selects, closer in, and the address keeps how one looks at it'() {
    await page.getByText('4 h', { exact: true }).click();
    await page.getByText('09:00 – 13:00').waitFor();
    const box = await page.getByRole('slider', { name: /^Timeline by application/ }).boundingBox();
    const at = (hour) => box.x + (box.width * (hour - 9)) / 4;
    await page.mouse.move(at(10.5), box.y + 20);
    await page.mouse.down();
    await page.mouse.move(at(10.8), box.y + 30, { steps: 4 });
    await page.mouse.move(at(11), box.y + 30);
    await page.mouse.up();
    await region('Selection').getByText('30 min selected, 30 min recorded').waitFor();
    await page.getByText('List', { exact: true }).click();
    await page.getByRole('button', { name: /^10:30 – 11:00.* Shop/ }).waitFor();
    await state('activity-list');
  },

  async 'a recording is deleted after it was said what goes'() {
    await button('Delete recording…').click();
    await dialog().getByText('It cannot be brought back').waitFor();
    await dialog().getByText('Shop, 30 min').waitFor();
    await dialog().getByRole('button', { name: 'Delete recording', exact: true }).click();
    await toast('The recording was deleted.');
    await page.getByText('1 h 30, from 09:00 to 10:30').waitFor();
    await page.getByText(/^As the office keeps things now, titles and addresses of this day stay until \d/).waitFor();
    await page.getByRole('button', { name: /^10:30 – 11:00.* Shop/ }).waitFor({ state: 'detached' });
  },

  async 'an application is never recorded again: the page says where that is set'() {
    await button('Never record Mail…').first().click();
    await dialog().getByText('drop app = Mail').waitFor();
    const there = await dialog().getByRole('link', { name: 'Never record Mail on this computer' }).getAttribute('href');
    must(there === 'http://127.0.0.1:5600/timebook/#private=Mail', `it leads to ${there}`);
    await dialog().getByRole('button', { name: 'Close' }).click();
  },

  async 'a search leads to its day'() {
    await page.keyboard.press('/');
    await page.keyboard.type('invoice');
    await page.keyboard.press('Enter');
    await region('Found: “invoice”').getByRole('button', { name: /Mail Invoice 7/ }).click();
    await region('Selection').getByText('30 min selected').waitFor();
    await region('Found: “invoice”').waitFor({ state: 'detached' });
  },

  async 'the employee sees who looked'() {
    await page.locator('main h1').click();
    await go('p', 'Privacy');
    await page.getByText('Nobody has looked at your recorded activity').waitFor();
    await page.getByText('Your office’s policy: hours only.').waitFor();
    const manager = await context.browser().newContext({ ignoreHTTPSErrors: true });
    const api = (method, path, data) => manager.request.fetch(new URL(`/api/v1${path}`, base).href, { method, data, headers: { origin: new URL(base).origin } });
    await api('POST', '/session', { name: 'bo', password });
    const looked = await api('GET', `/reports/activity?person=${name}&from=${day}&to=${day}`);
    must(looked.ok() && (await looked.json()).apps.length === 0, 'the manager sees more than the policy allows');
    await manager.close();
    await region('Who looked at my data').getByText('bo', { exact: true }).waitFor();
    await region('Who looked at my data').getByText(/^Report · hours only · /).waitFor();
    await state('privacy-looked');
  },

  async 'the office’s rules are tried while one types'() {
    await page.getByLabel('Application').fill('KeePassXC');
    await page.getByText('This would be recorded as it is.').waitFor();
  },

  async 'a history of ActivityWatch comes in'() {
    const event = (minute) => ({ timestamp: `${day}T06:0${minute}:00Z`, duration: 60, data: { app: 'Old', title: 'history' } });
    const bucket = { id: 'w', created: `${day}T00:00:00Z`, type: 'currentwindow', client: 'c', hostname: 'h', events: [event(0), event(1)] };
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'aw.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ buckets: { w: bucket } })) });
    must((await page.getByLabel('Into', { exact: true }).inputValue()) === 'laptop', 'another book is offered');
    await button('Bring it in').click();
    await region('Running now').getByText('2 events are new, 0 were known, 0 were left out by rules.').waitFor();
    await state('privacy-brought-in');
  },

  async 'everything is downloaded, and everything recorded is deleted by typing the word'() {
    await button('Download everything').click();
    const [file] = await Promise.all([page.waitForEvent('download'), region('Running now').getByRole('link', { name: /^Download/ }).click()]);
    must(readFileSync(await file.path(), 'utf8').includes('Letter to the bank'), 'the file does not hold the entry');
    await button('Delete all recorded activity…').click();
    must(await dialog().getByRole('button', { name: 'Delete all' }).isDisabled(), 'it works without the word');
    await dialog().getByRole('textbox').fill('DELETE');
    await dialog().getByRole('button', { name: 'Delete all' }).click();
    await toast('All your recorded activity was deleted.');
    await page.goto(new URL(`/activity?d=${day}`, base).href);
    await page.getByText('Nothing was recorded on this day').waitFor();
  },

  async 'the second factor is set up with a picture, and asked for at the next sign-in'() {
    await go('m', 'My profile');
    await button('Set up').click();
    await dialog().getByRole('img', { name: /^Picture of the key/ }).waitFor();
    await state('me-second-factor');
    const secret = (await dialog().getByRole('group', { name: 'Or type this key into the app' }).innerText()).trim();
    await dialog().getByLabel('Code').fill(codeOf(secret, Date.now()));
    await dialog().getByRole('button', { name: 'Turn on' }).click();
    const codes = (await dialog().getByRole('group', { name: 'One-time codes' }).innerText()).trim().split(/\s+/);
    must(codes.length === 10, `there are ${codes.length} one-time codes`);
    await dialog().getByRole('button', { name: 'Done' }).click();
    await page.getByText('Tick “I have stored them” first.').waitFor();
    await dialog().getByLabel('I have stored them').check();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await region('Second factor').getByText('10 one-time codes are left.').waitFor();

    await button('Sign out everywhere…').click();
    await dialog().getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('You are signed out.').waitFor();
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Password').fill(password);
      await button('Sign in').click();
      await page.getByLabel('Code').fill(codes[0]);
      await button('Sign in').click();
      await page.locator('main h1').waitFor();
    });
    await go('m', 'My profile');
    await region('Second factor').getByText('9 one-time codes are left.').waitFor();
  },

  async 'a token is made, shown once, and revoked; a session elsewhere is ended'() {
    await button('Make token').click();
    await dialog().getByLabel('What it is for').fill('Editor plugin');
    await dialog().getByRole('button', { name: 'Make token' }).click();
    const token = (await dialog().getByRole('group', { name: 'Token', exact: true }).innerText()).trim();
    must(/^[0-9a-f-]{36}$/.test(token), `the token looks odd: ${token}`);
    await dialog().getByRole('button', { name: 'Done' }).click();
    await button('Revoke “Editor plugin”').click();
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    await toast('The token was revoked.');
    await button('Revoke “Editor plugin”').waitFor({ state: 'detached' });
    await state('me');
  },
};

await tell(watched, steps);
