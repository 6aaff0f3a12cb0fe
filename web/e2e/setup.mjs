// From the set-up link to the first entry, by keyboard alone, interrupted on the way; the help about the certificate; then the server goes
// away, the page opens all the same and takes work, and brings it to the server that is back.
//   node e2e/setup.mjs SETUP_LINK FINGERPRINT OUT_DIR
// Audits and photographs each state on the way. Exit code 1 on any fault.
import { connect, createServer } from 'node:net';
import { must, open, refused, tell } from './browser.mjs';

const [link, fingerprint, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/setup.mjs SETUP_LINK FINGERPRINT OUT_DIR');
  process.exit(2);
}

/** The way to the server, which can be cut: for the browser a server that is down. */
class Way {
  #sockets = new Set();
  #port = 0;
  /** While set, what the server made is made, and its answer never comes. */
  loses = false;
  async up() {
    const to = new URL(link);
    this.server = createServer((near) => {
      const far = connect(Number(to.port), to.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {}).on('close', () => (near.destroy(), far.destroy(), this.#sockets.delete(socket)));
      }
      near.pipe(far);
      far.on('data', (bytes) => (this.loses && bytes.toString('latin1').startsWith('HTTP/1.1 201') ? near.destroy() : near.write(bytes))).on('end', () => near.end());
    });
    await new Promise((done) => this.server.listen(this.#port, '127.0.0.1', done));
    this.#port = this.server.address().port;
    return `http://127.0.0.1:${this.#port}`;
  }
  async down() {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const way = new Way();
const base = await way.up();
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const heading = (name) => page.getByRole('heading', { name, level: 1 });
const focused = (what) => what.evaluate((element) => element === document.activeElement);
const entries = () => page.getByRole('region', { name: 'Entries' });
const keys = page.keyboard;
const NOT_YET = [refused(401, '/api/v1/session')];
const AWAY = [/net::ERR_/, /status of 401 /];
const NAME = 'mara.lindt';
const PASSWORD = 'Kreide Ofen Regen 7';
const secret = new URL(link).hash;
let code = '';

/** Types into the field that has the focus after so many tabs. */
async function tab(times, text = '') {
  for (let i = 0; i < times; i++) await keys.press('Tab');
  if (text) await keys.type(text);
}

const steps = {
  async 'the help about the certificate is there for whoever is not signed in'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(`${base}/help/certificate`);
      await heading('Trust the office’s certificate').waitFor();
    });
    await page.getByRole('group', { name: 'Fingerprint (SHA-256)' }).getByText(fingerprint).waitFor();
    must((await page.locator('details[open] summary').innerText()).startsWith('Chromium, Chrome and Firefox on Linux'), 'one’s own way is not the open one');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the certificate' }).click()]);
    must(file.suggestedFilename() === 'timebook-office-ca.crt', `the certificate is called ${file.suggestedFilename()}`);
    await page.locator('details').evaluateAll((all) => all.forEach((one) => (one.open = true)));
    await state('help-certificate');
  },

  async 'the handbook is there for whoever is not signed in, and finds words'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(`${base}/help`);
      await heading('Handbook').waitFor();
      await page.getByRole('heading', { name: 'Setting an office up' }).waitFor();
    });
    await page.getByLabel('Look for').fill('recovery code');
    await page.getByRole('link', { name: 'Putting a backup back' }).click();
    await page.getByText('timebook recover --code-file CODE').waitFor();
    await state('help');
    await page.getByLabel('Look for').fill('rhinoceros');
    await page.getByText('No chapter has these words.').waitFor();
  },

  async 'the language is chosen by keyboard, and the link outlives the new page'() {
    await tolerating(NOT_YET, async () => {
      await page.goto(`${base}/setup${secret}`);
      await heading('Your language').waitFor();
    });
    must(!page.url().includes('#'), `the address bar still shows ${page.url()}`);
    await state('setup-language');
    await page.getByRole('radio', { name: 'English' }).focus();
    await keys.press('ArrowDown');
    await tolerating(NOT_YET, async () => {
      await keys.press('Enter');
      await heading('Ihre Organisation').waitFor();
      await keys.press('Tab');
    });
    await button('Zurück').click();
    await heading('Ihre Sprache').waitFor();
    await page.getByRole('radio', { name: 'English' }).check();
    await tolerating(NOT_YET, async () => {
      await keys.press('Enter');
      await heading('Your organisation').waitFor();
    });
  },

  async 'what is missing is said at the field, which has the focus'() {
    const field = page.getByLabel('Organisation');
    await field.focus();
    await keys.press('Enter');
    await page.getByText('Fill this in.').waitFor();
    must(await focused(field), 'the field has not the focus');
    await state('setup-office-fault');
    await keys.type('Lindt & Söhne');
    await keys.press('Enter');
    await heading('The first administrator').waitFor();
    must(await focused(heading('The first administrator')), 'the heading of the step has not the focus');
    const ring = await heading('The first administrator').evaluate((node) => getComputedStyle(node).outlineStyle);
    must(ring === 'none', 'a heading that the page gave the focus looks like a field');
    await tab(1, 'Mara Lindt');
    await tab(1, 'short');
    await keys.press('Enter');
    await page.getByText('Only lower-case letters, digits and . _ - @, without spaces.').waitFor();
    must(await focused(page.getByLabel('Your sign-in name')), 'the first wrong field has not the focus');
    await page.getByLabel('Password', { exact: true }).fill('lange Worte');
    await page.getByLabel('Password again').fill('andere Worte');
    await page.getByText('The two passwords differ.').waitFor();
    await state('setup-admin-faults');
  },

  async 'the certificate is there to take along, with its fingerprint'() {
    await page.getByLabel('Your sign-in name').fill(NAME);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await keys.press('Enter');
    await heading('The office’s certificate').waitFor();
    await page.getByRole('group', { name: 'Fingerprint (SHA-256)' }).getByText(fingerprint).waitFor();
    await page.getByText(/^https:\/\/.+:\d+$/).waitFor();
    await state('setup-certificate');
    await button('Continue').click();
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await state('setup-zone');
  },

  async 'a closed tab and a reload lose nothing but the password'() {
    const other = await context.newPage();
    await other.goto(`${base}/setup${secret}`);
    await other.getByRole('heading', { name: 'Your time zone' }).waitFor();
    must((await other.getByLabel('Time zone').inputValue()) === 'Asia/Tokyo', 'another tab does not go on where the first was closed');
    await other.close();
    await tolerating(NOT_YET, async () => {
      await page.goto(`${base}/setup`);
      await heading('Your time zone').waitFor();
    });
    must((await page.getByLabel('Time zone').inputValue()) === 'Asia/Tokyo', 'the time zone was lost');
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    must(!kept.includes(PASSWORD), 'the password lies in the browser');
    await button('Set up the office').click();
    await page.getByText('For safety no browser keeps your password.').waitFor();
    must(await focused(page.getByLabel('Password', { exact: true })), 'the password is not asked for');
    must((await page.getByLabel('Your sign-in name').inputValue()) === NAME, 'the name was lost');
    await keys.type(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await keys.press('Enter');
    await heading('The office’s certificate').waitFor();
    await page.goBack();
    await heading('The first administrator').waitFor();
    await keys.press('Enter');
    await button('Continue').click();
    await button('Continue').click();
    await heading('Your time zone').waitFor();
  },

  async 'the recovery code stays until it is stored'() {
    // The server does it, and its answer is lost on the way: the wizard stays, and the same press brings the code.
    way.loses = true;
    // The page also asks at once whether the server is there again, and who is signed in: nobody.
    await tolerating([/net::ERR_/, refused(401, '/api/v1/session')], async () => {
      await button('Set up the office').click();
      await page.getByRole('alert').getByText('The office was not set up').waitFor();
      way.loses = false;
      // Loaded anew before that, the link is still good.
      await page.reload();
      await heading('Your time zone').waitFor();
      await button('Set up the office').click();
      await page.getByText('For safety no browser keeps your password.').waitFor();
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Password again').fill(PASSWORD);
      for (let step = 0; step < 2; step++) await button('Continue').click();
      await heading('Your time zone').waitFor();
      await button('Set up the office').click();
      await heading('Keep this recovery code').waitFor();
    });
    const box = page.getByRole('group', { name: 'Recovery code' });
    code = (await box.innerText()).trim();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await heading('Keep this recovery code').waitFor();
    must((await box.innerText()).trim() === code && /^[A-Z0-9]+(-[A-Z0-9]+)+$/.test(code), `the recovery code did not stay: ${code}`);
    await button('Continue').click();
    await page.getByText('Tick “I have stored it” first.').waitFor();
    await keys.press('Space');
    await button('Continue').click();
    await heading('Today').waitFor();
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    must(!kept.includes(code) && !kept.includes(secret.slice(1)), 'the code or the link lies in the browser');
  },

  async 'the first entry is booked'() {
    await page.getByText('Nothing booked today yet.').waitFor();
    await keys.press('n');
    await page.getByRole('dialog').getByLabel('Note').waitFor();
    await keys.type('First steps');
    await keys.press('Enter');
    await entries().getByText('First steps').waitFor();
  },

  async 'the page’s own files are kept, and nothing of the server’s answers with them'() {
    const ready = await page.evaluate(() => Promise.race([navigator.serviceWorker.ready.then(() => true), new Promise((late) => setTimeout(late, 15_000))]));
    must(ready, 'the page’s own files are not kept');
    const cached = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat());
    const parts = ['frame', 'today', 'pages', 'rest-of-all', 'words-en', 'words-de'].map((part) => `/assets/${part}-`);
    must(cached.includes('/') && parts.every((part) => cached.some((path) => path.startsWith(part))) && !cached.some((path) => path.startsWith('/api/')), `kept are ${cached}`);
  },

  async 'without the server the timesheet opens from a copy, takes work, and asks when somebody was faster'() {
    // Only Today was open so far: both begin with the same copy.
    const cell = page.locator('td input[title="First steps"]');
    const sum = (text) => page.locator('tfoot').getByText(text, { exact: true }).last().waitFor();
    const view = (name) => page.getByText(name, { exact: true }).first().click();
    await way.down();
    await tolerating([...AWAY, /status of 412 /], async () => {
      await page.goto(`${base}/timesheet`);
      await page.getByText(/^A copy from .+, kept in this browser/).waitFor();
      await cell.waitFor();
      await state('timesheet-kept');
      for (const typed of ['0:30', '0:45']) {
        await cell.fill(typed);
        await keys.press('Tab');
        await page.waitForFunction((wanted) => document.querySelector('td input[title="First steps"]')?.value === wanted, typed);
      }
      await page.getByRole('table').getByText('Not sent yet').first().waitFor({ state: 'attached' });
      await view('Calendar');
      await page.getByRole('button', { name: /^First steps.*Not sent yet/ }).waitFor();
      await state('timesheet-kept-calendar');
      await view('List');
      await heading('Timesheet').focus();
      await keys.press('n');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Note').fill('On the train');
      await dialog.getByLabel('From').fill('0:00');
      await dialog.getByLabel('Duration').fill('0:01');
      await dialog.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('button', { name: 'Edit On the train, 00:00' }).click();
      await dialog.getByLabel('Note').fill('On the slow train');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByText('On the slow train').waitFor();
      await page.getByText('Waits for the server').first().waitFor();
      await state('timesheet-kept-list');
      await page.reload();
      await page.getByText('On the slow train').waitFor();
      await page.goto(`${base}/timesheet?w=2020-01-06`);
      await page.getByText('Nothing of this is kept in this browser.').waitFor();
      await page.goto(`${base}/timesheet`);
      await sum('46 min');
      // Another device, which reaches the server, changes the same entry.
      const direct = (path, ask) => context.request.fetch(new URL(`/api/v1${path}`, link).href, { ...ask, headers: { origin: new URL(link).origin, ...ask?.headers } });
      const booked = async () => (await (await direct('/entries')).json()).items;
      const [theirs] = await booked();
      const changed = await direct(`/entries/${theirs.id}`, { method: 'PUT', headers: { 'if-match': `"${theirs.version}"` }, data: { start: theirs.start, end: theirs.end, note: 'First steps, theirs' } });
      must(changed.ok(), `the other device was answered with ${changed.status()}`);
      await way.up();
      await dialog.getByText('First steps, theirs').waitFor();
      await button('Keep mine').click();
      await page.getByText('4 changes that waited were sent.').waitFor();
      await page.getByText('No connection to the server').waitFor({ state: 'detached' });
      const after = (await booked()).map(({ note, start, end }) => `${note}, ${(Date.parse(end) - Date.parse(start)) / 60_000} min`).sort();
      must(after.join('; ') === 'First steps, 45 min; On the slow train, 1 min', `booked is ${after.join('; ')}`);
      await page.getByText(/^A copy from/).waitFor({ state: 'detached' });
    });
  },

  async 'without the server the page opens, and takes work'() {
    await page.goto(`${base}/`);
    await entries().getByText('First steps').waitFor();
    await way.down();
    await tolerating(AWAY, async () => {
      await page.goto(`${base}/`);
      await page.getByText('No connection to the server').waitFor();
      await entries().getByText('First steps').waitFor();
      await state('today-kept');
      await entries().getByRole('button', { name: /^Edit First steps/ }).click();
      await page.getByRole('dialog').getByLabel('Note').fill('Very first steps');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await entries().getByText('Very first steps').waitFor();
      await page.getByRole('banner').getByRole('button', { name: 'Start timer' }).click();
      await page.getByRole('timer').waitFor();
      await page.reload();
      await entries().getByText('Very first steps').waitFor();
      await page.getByRole('timer').waitFor();
      await way.up();
      await page.getByText('2 changes that waited were sent.').waitFor();
      await page.getByText('No connection to the server').waitFor({ state: 'detached' });
    });
    const running = await page.evaluate(async () => (await (await fetch('/api/v1/timer')).json()).entry);
    must(running !== undefined && running !== null, 'the timer that was started without the server does not run there');
  },

  async 'a page older than the server’s offers to load it anew'() {
    await page.route('**/index.html', (route) => route.fulfill({ contentType: 'text/html', body: '<script type="module" src="/assets/another.js"></script>' }));
    await tolerating(AWAY, async () => {
      await way.down();
      await page.getByText('No connection to the server').waitFor();
      await way.up();
      await page.getByText('The server has a new version of this page.').waitFor();
    });
    await page.unroute('**/index.html');
  },

  async 'whoever signed out leaves nothing to look at'() {
    // The page asks for everything again after the server was away; what is under way is refused then.
    await tolerating(AWAY, async () => {
      await button('Sign out').click();
      await heading('Sign in').waitFor();
    });
    await way.down();
    await tolerating(AWAY, async () => {
      await page.goto(`${base}/`);
      await heading('The server did not answer').waitFor();
      await way.up();
      await heading('Sign in').waitFor();
    });
  },
};

await tell(watched, steps, { closed: () => way.down() });
