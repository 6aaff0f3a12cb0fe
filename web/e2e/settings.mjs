// What holds for the office, and time from elsewhere: settings, mail, policy, rules, closed time, retention, imports.
//   node e2e/settings.mjs BASE_URL NAME PASSWORD OUT_DIR
// NAME is an administrator. Audits and photographs each state on the way. Exit code 1 on any fault.
import { must, open, refused, tell } from './browser.mjs';

const [base, name, password, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/settings.mjs BASE_URL NAME PASSWORD OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, state, tolerating } = watched;
const button = (text) => page.getByRole('button', { name: text, exact: true });
const region = (text) => page.getByRole('region', { name: text, exact: true });
const title = (text) => page.getByRole('heading', { name: text, level: 1, exact: true }).waitFor();
const save = (field, verb = 'Save') => page.locator('form').filter({ has: field }).getByRole('button', { name: verb }).click();
const said = async (text) => {
  const toast = page.getByText(text).first();
  await toast.waitFor();
  await toast.locator('..').getByRole('button', { name: 'Close' }).click();
};
const tab = (text) => page.getByRole('group', { name: 'Sort of settings' }).getByText(text).click();

const steps = {
  async 'an administrator opens the settings by keyboard'() {
    await tolerating([refused(401, '/api/v1/session')], async () => {
      await page.goto(base);
      await page.getByLabel('Name').fill(name);
    });
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await title('Today');
    await page.keyboard.press('g');
    await page.keyboard.press(',');
    await title('Mail and settings');
  },

  async 'a setting is saved, a wrong one is told at the field, and the default comes back'() {
    const days = page.getByLabel('Sign in again after days');
    await days.fill('9999');
    await save(days);
    await page.getByText(/^A whole number from 1 to /).waitFor();
    must(await days.evaluate((input) => input === document.activeElement), 'the wrong field has not the focus');
    await days.fill('7');
    await save(days);
    await said('Saved.');
    await state('settings');
    await button('Back to the default Sign in again after days').click();
    await said('Saved.');
    must((await days.inputValue()) === '14', `the default is ${await days.inputValue()}`);
  },

  async 'what is typed stays while the server is dead, and a change meanwhile asks whose is to stay'() {
    const days = page.getByLabel('Sign in again after days');
    await days.fill('9');
    await page.route('**/api/v1/settings/**', (route) => route.abort());
    await tolerating([/net::ERR_/], async () => {
      await save(days);
      await page.getByText('Nothing you typed is lost.').first().waitFor();
      must((await days.inputValue()) === '9', 'what was typed is gone');
      await page.unroute('**/api/v1/settings/**');
      await page.getByText('No connection to the server').waitFor({ state: 'detached' });
    });
    // Somebody else's value arrives at this page before it is saved: it must not be taken for what one began from.
    const seen = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/settings') && answer.ok());
    await page.request.put(new URL('/api/v1/settings/session.days', base).href, { data: { value: 20 }, headers: { origin: new URL(base).origin } });
    await seen;
    await tolerating([/status of 412 /], async () => {
      await save(days);
      await page.getByRole('dialog').getByText('20', { exact: true }).waitFor();
      await state('settings-clash');
      await button('Keep mine').click();
      await said('Saved.');
    });
    must((await days.inputValue()) === '9', 'mine was not kept');
    await button('Back to the default Sign in again after days').click();
    await said('Saved.');
  },

  async 'copies go to a bucket, whose secret key is asked for once there is one'() {
    const bucket = page.getByLabel('Bucket (S3)');
    await tolerating([/status of 422 .*\/settings\/backup\.s3/], async () => {
      await bucket.fill('s3://copies');
      await save(bucket);
      await page.getByText(/is a URL that begins with https:/).waitFor();
    });
    await bucket.fill('http://127.0.0.1:9/copies');
    await save(bucket);
    await said('Saved.');
    const secret = page.getByLabel('Secret key of the bucket');
    await secret.fill('open sesame');
    await tolerating([/status of 4\d\d .*\/backups\/s3\/secret/], async () => {
      await save(secret);
      await page.getByText(/A secret key has at most 256 signs and no spaces/).waitFor();
    });
    await secret.fill('open-sesame');
    await save(secret);
    await said('The secret key is kept.');
    must((await secret.inputValue()) === '', 'the secret key stays in the page');
    await state('settings-copies');
    await bucket.fill('');
    await save(bucket);
    await said('Saved. The bucket’s secret key was forgotten'.replace('’', "'"));
    await secret.waitFor({ state: 'detached' });
  },

  async 'mail says that it is not set up, and what a test came to'() {
    await tab('Mail');
    await region('Mail').getByText('Not set up').waitFor();
    await page.getByLabel('Mail server').fill('127.0.0.1');
    await save(page.getByLabel('Mail server'));
    await said('Saved.');
    await page.getByLabel('Port', { exact: true }).fill('9');
    await save(page.getByLabel('Port', { exact: true }));
    await said('Saved.');
    await page.getByLabel('Sender').fill('time@example.org');
    await save(page.getByLabel('Sender'));
    await said('Saved.');
    await region('Mail').getByText('Set up', { exact: true }).waitFor();
    const to = page.getByLabel('Send a test letter: To');
    await to.fill('ada@example.org');
    await tolerating([/status of \d+ .*\/mail\/test/], async () => {
      await save(to, 'Send now');
      await page.getByRole('alert').waitFor();
    });
    await state('settings-mail');
  },

  async 'a looser policy is announced with a reason, and withdrawn'() {
    await tab('Policy');
    await page.getByRole('radio', { name: /^Full detail/ }).check();
    await page.getByText('A looser policy is announced to everybody seven days ahead').waitFor();
    await page.getByLabel('Reason').fill('An audit of a customer');
    await button('Announce policy').click();
    await page.getByText(/^“Full detail” is announced and counts from /).waitFor();
    await state('settings-policy');
    await button('Withdraw announcement').click();
    await said('The announcement is withdrawn.');
  },

  async 'rules are tried before they count, and a category is added'() {
    await tab('Recording');
    const rules = page.getByLabel('Rules', { exact: true });
    await rules.fill('drop app = KeePassXC');
    await page.getByLabel('Application', { exact: true }).fill('KeePassXC');
    await button('Try').click();
    await page.getByText('Nothing is kept').waitFor();
    await button('Save rules').click();
    await said('Saved.');
    await button('Add category').click();
    const row = page.getByRole('listitem').filter({ has: page.getByPlaceholder('Category') }).last();
    await row.getByPlaceholder('Category').fill('Work > Chess');
    await row.getByPlaceholder('Contains (regular expression)').fill('lichess');
    await button('Save categories').click();
    await said('Saved.');
    await page.getByText('Made by the office').waitFor();
    await state('settings-recording');
  },

  async 'time is closed and opened again, and a limit tells what goes'() {
    await tab('Time and data');
    await page.getByLabel('Close everything before').fill('2026-02-01');
    await page.getByLabel('Reason').fill('January is paid');
    await page.locator('main').getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByText(/^Everything before Sunday/).waitFor();
    await said('Saved.');
    await page.getByLabel('Close everything before').fill('2026-01-01');
    await page.getByLabel('Reason').fill('A correction');
    await button('Open again').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open again' }).click();
    await said('Saved.');
    await button('Change Detail of recorded activity').click();
    await page.getByLabel('Detail of recorded activity: days').fill('30');
    await button('Look what goes').click();
    await page.getByRole('dialog').getByText('Nothing goes by this.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep so long' }).click();
    await region('How long data is kept').getByText('30 days').waitFor();
    await state('settings-time');
  },

  async 'a file of another product is looked at, row by row where it fails, brought in, and taken out again'() {
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await title('Import');
    const head = 'User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n';
    const row = (day, end) => `${name},${name}@office.test,Customer LLC,Imported,Testing,some work,Yes,2026-05-${day},15:50:00,2026-05-${day},${end},02:01:00,foo\n`;
    const give = async (text) => {
      await page.getByLabel('File', { exact: true }).and(page.locator('input')).setInputFiles({ name: 'toggl.csv', mimeType: 'text/csv', buffer: Buffer.from(head + text) });
      await button('Look at the file').click();
      await region('What “toggl.csv” would do').waitFor();
    };
    await give(row('04', '17:51:00') + row('05', 'tea time'));
    await region('What “toggl.csv” would do').getByText('1 row cannot be taken').waitFor();
    await region('The new entries').getByRole('row').filter({ hasText: 'Imported' }).getByText(/15:50 – 17:51/).waitFor();
    await state('import-refused');
    await give(row('04', '17:51:00'));
    await button('Bring in 1 entry').click();
    await region('Imports').getByText('Done').waitFor();
    await state('import');
    await region('Imports').getByRole('button', { name: /^Take out again/ }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take out again' }).click();
    await region('Imports').getByText('Taken out again').waitFor();
  },
};

await tell(watched, steps);
