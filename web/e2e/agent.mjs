// The agent's own page on a person's computer: what it records, a pause, rules tried while they are written.
//   node e2e/agent.mjs LINK OUT_DIR
// Audits and photographs each state. Exit code 1 on any fault.
import { must, open, tell } from './browser.mjs';

const [link, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/agent.mjs LINK OUT_DIR');
  process.exit(2);
}
const watched = await open(out);
const { page, state } = watched;
const press = (name) => page.getByRole('button', { name, exact: true }).click();
await tell(watched, {
  async 'a person decides, pauses, tries rules, and turns the recorder off'() {
    await page.goto(new URL(link).origin);
    must(page.url().endsWith('/timebook/'), 'the door leads to the page');
    await page.getByRole('heading', { name: /^Recording/ }).waitFor();
    await page.getByText('It never records keys').waitFor();
    await state('agent-before-consent');
    await press('Record this on this computer');
    await page.getByRole('button', { name: 'Turn the recorder off' }).waitFor();
    await page.getByText('It never records keys').waitFor({ state: 'hidden' });

    await press('15 minutes');
    await page.getByRole('heading', { name: 'Paused', exact: true }).waitFor();
    await state('agent-paused');
    await press('Record again');
    await page.getByRole('heading', { name: /^Recording/ }).waitFor();

    await page.getByLabel('Your rules').fill('drop app = KeePassXC\ncut title ~ salary');
    await page.getByLabel('Application').fill('Mail');
    await page.getByLabel('Title', { exact: true }).fill('Salary of Ada');
    await page.getByText('This is stored: Mail · *** of Ada Rule: cut title ~ salary').waitFor();
    await page.getByLabel('Application').fill('keepassxc');
    await page.getByText('Nothing of this is stored.').waitFor();
    await page.locator('#rules_form').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    // As the office's page links here: the question, and nothing before the answer.
    const asked = `${new URL(link).origin}/timebook/#private=${encodeURIComponent('Key & Safe+1')}`;
    const question = page.getByRole('heading', { name: 'Never record Key & Safe+1 again?' });
    await page.goto(asked);
    await question.waitFor();
    must(!page.url().includes('#'), 'the application stays in the address bar');
    await press('Leave it as it is');
    await question.waitFor({ state: 'hidden' });
    must(!(await page.getByLabel('Your rules').inputValue()).includes('Safe'), 'a rule was made without a yes');
    await page.goto(asked);
    await question.waitFor();
    await state('agent-private');
    await press('Never record Key & Safe+1');
    await page.getByText('Key & Safe+1 is not recorded on this computer any more.').waitFor();
    must((await page.getByLabel('Your rules').inputValue()).endsWith('drop app = Key & Safe+1\n'), 'the rule is not among one’s own');
    await page.getByLabel('Recorded in these hours').fill('mon-sun 00:00-24:00');
    await page.locator('#hours_form').getByRole('button', { name: 'Save' }).click();
    await page.getByText('a first task').waitFor();
    await page.getByText('Other rules of the office').waitFor();
    await state('agent-in-use');
    await press('Stop the timer');
    await page.getByText('No timer runs.').waitFor();
    await press('Turn the recorder off');
    await page.getByRole('button', { name: 'Record this on this computer' }).waitFor();
  },
});
