// Photographs every page, light, dark and on a phone, so that a person can look at them.
//   timebook demo --people 5 --days 30          prints everybody's password
//   node e2e/shots.mjs BASE_URL NAME PASSWORD [OUT_DIR]      default: ../../target/shots
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from './browser.mjs';

const [base, name, password, out = fileURLToPath(new URL('../../target/shots', import.meta.url))] = process.argv.slice(2);
if (!password) {
  console.error('usage: node e2e/shots.mjs BASE_URL NAME PASSWORD [OUT_DIR]');
  process.exit(2);
}
/** Each page by its address, and what to do there first. Add yours. */
const PAGES = {
  today: ['/'],
  'today-entry': ['/', (page) => page.keyboard.press('n')],
  timesheet: ['/timesheet'],
  'timesheet-calendar': ['/timesheet?v=calendar'],
  'timesheet-list': ['/timesheet?v=list'],
  activity: ['/activity'],
  privacy: ['/privacy'],
  me: ['/me'],
  reports: ['/reports'],
  approvals: ['/approvals'],
  projects: ['/projects'],
  'project-new': ['/projects', (page) => page.keyboard.press('n')],
  team: ['/team'],
  server: ['/server'],
  computers: ['/computers'],
  users: ['/users'],
  user: ['/users/anna'],
  log: ['/log'],
  settings: ['/settings'],
  import: ['/import'],
  certificate: ['/help/certificate'],
  palette: ['/', (page) => page.keyboard.press('Control+k')],
  'keyboard-map': ['/', (page) => page.keyboard.press('?')],
  'no-such-page': ['/nowhere'],
};

mkdirSync(out, { recursive: true });
const { page, context, verdict, close } = await open(out);
await context.request.post(new URL('/api/v1/session', base).href, { data: { name, password } });
for (const [picture, [address, act]] of Object.entries(PAGES)) {
  for (const [look, width, colorScheme] of [['light', 1400, 'light'], ['dark', 1400, 'dark'], ['phone', 390, 'light']]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 876 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(new URL(address, base).href);
    await page.locator('main h1').waitFor();
    await page.locator('.skel').first().waitFor({ state: 'detached' });
    if (act) await act(page);
    await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
    await page.screenshot({ path: join(out, `${picture}-${look}.png`), fullPage: act === undefined });
  }
  console.log(picture);
}
await close();
process.exitCode = verdict() ? 0 : 1;
