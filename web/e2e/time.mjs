// A person's own time: a first entry, a week by keyboard alone, submitted and withdrawn, offline work and a merge, another tab.
//   node e2e/time.mjs BASE_URL NAME PASSWORD OUT_DIR
// The office has the project “Website”, and it is early evening where the person is. Audits and photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/time.mjs BASE_URL NAME PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, context, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const entries = () => page.getByRole('region', { name: 'Entries' });
const cell = (day) => page.getByRole('textbox', { name: new RegExp(`^Website, ${day} `) });
const toast = (text) => page.getByText(text).first().waitFor();
const sum = (text) => page.locator('tfoot').getByText(text, { exact: true }).waitFor();
/** Goes there as a hand on the keyboard does; nothing is given the focus that Tab does not reach. */
async function tabTo(what, key = 'Tab') {
  for (let presses = 0; presses < 90; presses++) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reaches ${what}`);
}
const OFFLINE = [/net::ERR_/];

async function goOffline() {
  await context.setOffline(true);
  await page.getByText('No connection to the server').waitFor();
}

async function goOnline() {
  await context.setOffline(false);
  await page.getByText('No connection to the server').waitFor({ state: 'detached' });
}

const steps = {
  async 'signing in opens Today'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await page.getByText('Nothing booked today yet.').waitFor();
  },

  async 'a page asks for everything once, and again only for what changed'() {
    const asked = [];
    const note = (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith('/api/v1/') && pathname !== '/api/v1/events') asked.push(`${request.method()} ${pathname}${search}`);
    };
    for (const [i, path] of ['/', '/timesheet', '/reports'].entries()) {
      asked.length = 0;
      page.on('request', note);
      await page.goto(new URL(path, base).href);
      await page.getByText('Live', { exact: true }).waitFor();
      // What is asked for a second time is asked for before this: the page waits as long for it, and hears of it later.
      const again = page.waitForRequest((request) => request.url().includes('/api/v1/tags') && asked.filter((one) => one.startsWith('GET /api/v1/tags')).length > 1);
      const made = await context.request.post(new URL('/api/v1/tags', base).href, { data: { name: `tag ${i}` }, headers: { origin: new URL(base).origin } });
      must(made.status() === 201, `the tag was answered with ${made.status()}`);
      await again;
      page.off('request', note);
      // Tags come with the whole catalog.
      const others = asked.filter((one) => !/ \/api\/v1\/(customers|projects|tasks|tags)/.test(one));
      const twice = others.filter((one, at) => others.indexOf(one) !== at);
      must(twice.length === 0, `${path} asked twice for ${twice.join(', ')}`);
      must(others.includes('GET /api/v1/timer'), `the calls were not seen: ${asked.join(', ')}`);
    }
    await page.goto(base);
    await page.getByText('Nothing booked today yet.').waitFor();
  },

  async 'times that were typed become an entry, with a way back'() {
    await button('Enter times').click();
    await page.getByRole('textbox', { name: 'What are you working on?' }).fill('Planning');
    await page.getByLabel('Project').first().selectOption({ label: 'Website' });
    await page.getByLabel('From', { exact: true }).fill('half past');
    await button('Add').click();
    await page.getByText('A time such as 9:30, 930 or 9am.').waitFor();
    await state('today-fault');
    await page.getByLabel('From', { exact: true }).fill('930');
    await page.getByLabel('To', { exact: true }).fill('11');
    await button('Add').click();
    await toast('Entry added.');
    await entries().getByText('09:30 – 11:00').waitFor();
    await page.getByText(/^1 h 30( of 8 h)? today$/).waitFor();
    await button('Use the timer').click();
    await state('today-entry');
  },

  async 'an entry is changed: its beginning moves and keeps the duration'() {
    await page.getByRole('region', { name: 'Entries' }).getByRole('button', { name: /^Edit Planning/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit entry' });
    await dialog.getByLabel('From').fill('10');
    must((await dialog.getByLabel('To', { exact: true }).inputValue()) === '11:30', 'the end did not move along');
    await dialog.getByLabel('Duration').fill('forever');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('A duration such as 1:30').waitFor();
    await state('entry-fault');
    await dialog.getByLabel('Duration').fill('1.5');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await entries().getByText('10:00 – 11:30').waitFor();
  },

  async 'an entry is split, deleted, and comes back by Undo'() {
    await entries().getByRole('button', { name: /^Edit Planning/ }).click();
    await button('Split in the middle').click();
    await entries().getByText('10:45 – 11:30').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await entries().getByText('10:00 – 11:30').waitFor();
    await entries().getByRole('button', { name: /^Edit Planning/ }).click();
    await button('Split in the middle').click();
    await entries().getByText('10:45 – 11:30').waitFor();
    await entries().getByRole('button', { name: 'Delete Planning, 10:45' }).click();
    await entries().getByText('10:45 – 11:30').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await entries().getByText('10:45 – 11:30').waitFor();
  },

  async 'a week is typed by keyboard alone'() {
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.getByRole('heading', { name: 'Timesheet', level: 1 }).waitFor();
    await page.getByRole('table').waitFor();
    await page.keyboard.press('[');
    await page.getByText('Nothing booked this week.').waitFor();
    await state('timesheet-empty');
    await tabTo(page.getByLabel('Project for a new row'));
    await page.keyboard.press('w');
    await page.keyboard.type('eb');
    await page.keyboard.press('Enter');
    await cell('Mon').waitFor();
    await tabTo(cell('Mon'), 'Shift+Tab');
    for (const typed of ['9', '930', '9:30', '1h30']) {
      await page.keyboard.type(typed);
      await page.keyboard.press('Tab');
      await page.waitForFunction(() => !document.querySelector('input[readonly]'));
    }
    await sum('29 h 30');
    await page.keyboard.type('nine');
    await page.keyboard.press('Tab');
    await page.getByText('Type a duration: 9, 930').waitFor();
    await state('timesheet-fault');
    await tabTo(cell('Fri'), 'Shift+Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('1.5');
    await page.keyboard.press('Tab');
    await sum('31 h');
    must((await cell('Tue').inputValue()) === '9:30', `Tuesday reads ${await cell('Tue').inputValue()}`);
    await tabTo(cell('Tue'), 'Shift+Tab');
    await page.keyboard.press('F2');
    const notes = page.getByRole('dialog', { name: /Tue/ });
    await notes.waitFor();
    await tabTo(notes.getByLabel(/^Note of/));
    await page.keyboard.type('Wireframes');
    await state('timesheet-notes');
    await page.keyboard.press('Escape');
    await notes.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.getAttribute('title') === 'Wireframes');
    await state('timesheet-week');
    await tabTo(button('Submit week'), 'Shift+Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Submit / });
    await dialog.waitFor();
    await tabTo(dialog.getByRole('button', { name: 'Submit week' }));
    await page.keyboard.press('Enter');
    await page.getByText('Waits for approval.').waitFor();
    await tabTo(button('Withdraw'), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Week withdrawn.').waitFor();
    await button('Submit week').waitFor();
  },

  async 'the calendar and the list show the same'() {
    await page.getByText('Calendar', { exact: true }).first().click();
    await page.getByRole('region', { name: 'Calendar of the week' }).waitFor();
    const monday = page.getByRole('list', { name: /^Monday/ }).getByRole('button').first();
    await monday.focus();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('button', { name: /, 09:15 – 18:15$/ }).waitFor();
    await state('timesheet-calendar');
    const free = await page.getByRole('list', { name: /^Saturday/ }).boundingBox();
    await page.getByRole('region', { name: 'Calendar of the week' }).evaluate((box) => (box.scrollTop = 500));
    const area = await page.getByRole('region', { name: 'Calendar of the week' }).boundingBox();
    await page.mouse.move(free.x + free.width / 2, area.y + 120);
    await page.mouse.down();
    await page.mouse.move(free.x + free.width / 2, area.y + 210, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('dialog', { name: 'New entry' }).waitFor();
    must(/^1:(30|45)$/.test(await page.getByLabel('Duration').inputValue()), `the drag made ${await page.getByLabel('Duration').inputValue()}`);
    await page.keyboard.press('Escape');
    await page.getByText('List', { exact: true }).first().click();
    await page.getByText('09:15 – 18:15').waitFor();
    await state('timesheet-list');
    await page.getByText('Week', { exact: true }).first().click();
  },

  async 'the week is submitted with its warnings, is closed, and withdrawn'() {
    await button('Submit week').click();
    const dialog = page.getByRole('dialog', { name: /^Submit / });
    await dialog.getByText(/^31 h go to your approver/).waitFor();
    await state('timesheet-submit');
    await dialog.getByRole('button', { name: 'Submit week' }).click();
    await page.getByText('Waits for approval.').waitFor();
    must(await cell('Mon').isDisabled(), 'a submitted week can be typed into');
    await state('timesheet-submitted');
    await button('Withdraw').click();
    await page.getByText('Week withdrawn.').waitFor();
    await button('Submit week').waitFor();
    must(!(await cell('Mon').isDisabled()), 'a withdrawn week cannot be typed into');
  },

  async 'without the server, the timer and entries go on, and are sent later'() {
    await page.getByRole('heading', { name: 'Timesheet', level: 1 }).focus();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await entries().getByText('10:45 – 11:30').waitFor();
    await tolerating(OFFLINE, async () => {
      await goOffline();
      await page.getByRole('textbox', { name: 'What are you working on?' }).fill('On the train');
      await button('Start').click();
      await page.getByRole('timer').waitFor();
      await entries().getByText('Waits for the server').waitFor();
      await state('today-offline');
      await page.getByRole('banner').getByRole('button', { name: 'Stop' }).click();
      await goOnline();
      await toast('2 changes that waited were sent.');
    });
    await entries().getByText('Waits for the server').waitFor({ state: 'detached' });
    await entries().getByText('On the train').waitFor();
  },

  async 'what changed while the connection was lost is there when it is back'() {
    const device = await context.browser().newContext({ ignoreHTTPSErrors: true });
    const send = (method, path, data) => device.request.fetch(new URL(`/api/v1${path}`, base).href, { method, data, headers: { origin: new URL(base).origin } });
    await send('POST', '/session', { name, password });
    await page.getByText('Live', { exact: true }).waitFor();
    await tolerating(OFFLINE, async () => {
      await goOffline();
      await send('POST', '/tags', { name: 'meanwhile' });
      const made = await send('POST', '/timer', { note: 'Meanwhile' });
      must(made.ok(), `the timer was answered with ${made.status()}`);
      await goOnline();
    });
    await page.getByRole('timer').waitFor();
    await entries().getByText('Meanwhile').waitFor();
    const { entry } = await (await send('GET', '/timer')).json();
    const gone = await device.request.fetch(new URL(`/api/v1/entries/${entry.id}`, base).href, { method: 'DELETE', headers: { origin: new URL(base).origin, 'content-type': 'application/json', 'if-match': `"${entry.version}"` } });
    must(gone.ok(), `the deletion was answered with ${gone.status()}`);
    await entries().getByText('Meanwhile').waitFor({ state: 'detached' });
    await device.close();
  },

  async 'an offline edit of what somebody changed meanwhile asks whose version stays'() {
    // Another device: a tab of this browser would send what waits here.
    const device = await context.browser().newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
    await device.request.post(new URL('/api/v1/session', base).href, { data: { name, password } });
    const other = await device.newPage();
    await tolerating([...OFFLINE, /status of 412 /], async () => {
      await other.goto(base);
      await other.getByRole('button', { name: 'Edit Planning, 10:00' }).first().waitFor();
      // The other device's edit reaches the server while this one cannot hear of it.
      await page.route('**/api/v1/**', (route) => route.abort());
      await entries().getByRole('button', { name: 'Edit Planning, 10:00' }).click();
      await page.getByRole('dialog').getByLabel('Note').fill('Planning, mine');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await entries().getByText('Planning, mine').waitFor();
      await other.getByRole('region', { name: 'Entries' }).getByRole('button', { name: 'Edit Planning, 10:00' }).click();
      await other.getByRole('dialog').getByLabel('Note').fill('Planning, theirs');
      await other.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await other.getByRole('region', { name: 'Entries' }).getByText('Planning, theirs').waitFor();
      await device.close();
      await page.unroute('**/api/v1/**');
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await page.getByRole('dialog').getByText('Planning, theirs').waitFor();
      await state('merge');
      await button('Keep mine').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await toast('The change that waited was sent.');
    });
    await page.reload();
    await entries().getByText('Planning, mine').waitFor();
  },

  async 'what is done in one tab is seen in another'() {
    const other = await context.newPage();
    await other.goto(new URL('/timesheet', base).href);
    await other.getByRole('table').waitFor();
    await entries().getByRole('button', { name: /^Delete On the train/ }).click();
    await other.getByText('List', { exact: true }).first().click();
    await other.getByText('On the train').waitFor({ state: 'detached' });
    await other.close();
  },

  async 'a page of another role says so'() {
    await page.goto(new URL('/nowhere', base).href);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  },
};

await tell(watched, steps);
