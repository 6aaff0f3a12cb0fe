// Every page in every state: full, empty, loading, refused by the server, with the server dead from the start, and lost while one looks.
//   node e2e/states.mjs BASE_URL ADMINISTRATOR MANAGER PASSWORD EMPTY_URL NAME EMPTY_PASSWORD OUT_DIR [PAGE …]
// BASE_URL is an office in which people have worked (`timebook demo`), EMPTY_URL one with nobody but its administrator. Each state is asked by axe in light,
// dark and on a phone, and must show something sensible: never a blank page, and where something failed, what and a way to try again. The pages are those
// of `page/routes.ts`; one that has no line here fails the walk. Exit code 1 on any fault.
import { readFileSync } from 'node:fs';
import { must, open } from './browser.mjs';

const [base, administrator, manager, password, emptyBase, emptyName, emptyPassword, out, ...only] = process.argv.slice(2);
if (!out) {
  console.error('usage: node e2e/states.mjs BASE_URL ADMINISTRATOR MANAGER PASSWORD EMPTY_URL NAME EMPTY_PASSWORD OUT_DIR [PAGE …]');
  process.exit(2);
}
const { page, context, state, tolerating, verdict, photograph, fault, close } = await open(out);
const main = page.locator('main');
const pressed = (keys) => () => page.keyboard.press(keys);
const overlay = () => page.getByRole('dialog').first().waitFor();

/** Last week, which is over: on a Monday morning nobody has worked yet. */
const back = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const since = (new Date().getUTCDay() + 6) % 7;
const [monday, friday] = [back(since + 7), back(since + 3)];

/** Each route by its name in `routes.ts`: its address (`:id` is one of `of`), who looks, and further views of it. `at`: what is looked at there. `still`: it asks the server nothing before it is used. */
const PAGES = {
  today: { mine: true, more: { entry: ['', pressed('n')] } },
  timesheet: { mine: true, at: `?w=${monday}`, more: { calendar: [`?w=${monday}&v=calendar`], list: [`?w=${monday}&v=list`] } },
  activity: { mine: true, at: `?d=${friday}`, more: { list: [`?d=${friday}&v=list`] } },
  privacy: { mine: true },
  me: { mine: true },
  reports: { mine: true, more: { year: [`?from=${new Date().getUTCFullYear()}-01-01&to=${new Date().getUTCFullYear()}-12-31`] } },
  approvals: { mine: true },
  team: { mine: true },
  person: { mine: true, at: `?w=${monday}`, of: async () => manager },
  projects: { mine: true, more: { new: ['', pressed('n'), overlay] } },
  project: { mine: true, of: async () => (await told('/projects')).items[0].id },
  server: {},
  computers: { more: { add: ['', pressed('n'), overlay] } },
  computer: { of: async () => (await told('/devices')).items[0].id },
  users: {},
  user: { of: async () => manager },
  log: {},
  settings: { more: Object.fromEntries(['mail', 'policy', 'recording', 'time'].map((tab) => [tab, [`?tab=${tab}`]])) },
  handbook: {},
  certificate: { still: true },
  import: {},
};
/** What lies over any page. */
const OVER = { palette: pressed('Control+k'), 'keyboard-map': pressed('?') };

const told = async (path) => (await context.request.get(new URL(`/api/v1${path}`, base).href)).json();
const enter = (office, name, word) => context.request.post(new URL('/api/v1/session', office).href, { data: { name, password: word } });

/** What becomes of a call: `through`, `held` until something else is wished, `no` (500) or `dead`. Who is signed in is always told, except by the dead when it was told already. */
let wish = 'through';
let waiting = [];
let told401 = 0;
await page.route('**/api/v1/**', async (route) => {
  const first = new URL(route.request().url()).pathname === '/api/v1/session' && told401++ === 0;
  if (wish === 'held' && !first) await new Promise((go) => waiting.push(go));
  if (wish === 'through' || first) return route.continue().catch(() => {});
  if (wish === 'dead') return route.abort('connectionfailed').catch(() => {});
  if (new URL(route.request().url()).pathname === '/api/v1/session') return route.continue().catch(() => {});
  await route.fulfill({ status: 500, contentType: 'application/problem+json', json: { status: 500, code: 'internal', title: 'Failed', detail: 'The server could not read its data.', next: 'Try again; if it stays, look into its log.' } }).catch(() => {});
});
function be(next) {
  wish = next;
  for (const go of waiting.splice(0)) go();
}
const goto = async (office, path, next) => {
  // The document before asks no more: its question who is there would be taken for the next one's.
  await page.goto('about:blank');
  be(next);
  told401 = 0;
  await page.goto(new URL(path, office).href);
  await main.locator('h1, h2').first().waitFor();
};
const skeletons = () => main.locator('.skel').first().waitFor({ state: 'detached' });
const banner = () => page.getByRole('alert').filter({ hasText: /No connection to the server since \d\d:\d\d/ });
/** Something is there to read. */
const sensible = async (what) => {
  const text = (await main.innerText()).trim();
  must(text.length > 20 || (await main.locator('.skel').count()) > 0, `${what}: the page is blank`);
};
const ANY = [/net::ERR_/, /status of 500 /];

/** One page through its states. */
async function walk(name, { still, of, at = '', more = {} }) {
  const bare = paths.get(name).replace(/:\w+/, encodeURIComponent((await of?.()) ?? ''));
  const path = bare + at;
  await goto(base, path, 'held');
  await sensible(`${name}, loading`);
  await state(`${name}-loading`);
  be('through');
  await skeletons();
  await state(name);

  await tolerating(ANY, async () => {
    be('dead');
    await page.evaluate(() => dispatchEvent(new Event('offline')));
    await banner().getByRole('button', { name: 'Try again' }).waitFor();
    await sensible(`${name}, lost`);
    must((await main.locator('.skel').count()) === 0, `${name}, lost: what was known is gone`);
    // The same as full below the banner, which the next state asks about: only for the picture.
    if (process.env.TIMEBOOK_SHOTS) await state(`${name}-lost`);

    await goto(base, path, 'dead');
    await banner().waitFor();
    await sensible(`${name}, dead`);
    await state(`${name}-dead`);
    be('through');
    await banner().getByRole('button', { name: 'Try again' }).click();
    await banner().waitFor({ state: 'detached' });
    await skeletons();

    await goto(base, path, 'no');
    if (!still) await main.getByRole('alert').getByRole('button', { name: 'Try again' }).first().waitFor();
    await sensible(`${name}, refused`);
    must((await main.locator('.skel').count()) === 0, `${name}, refused: it waits for what does not come`);
    await state(`${name}-error`);
    be('through');
    for (const again of await main.getByRole('button', { name: 'Try again' }).all()) await again.click({ timeout: 2_000 }).catch(() => {});
    await main.getByText('The server could not read its data.').first().waitFor({ state: 'detached' });
  });

  for (const [view, [query, act, there]] of Object.entries(more)) {
    await goto(base, bare + query, 'through');
    await skeletons();
    await act?.();
    await there?.();
    await state(`${name}-${view}`);
  }
}

const source = readFileSync(new URL('../page/routes.ts', import.meta.url), 'utf8');
const paths = new Map([...source.matchAll(/path: '([^']+)', name: '(\w+)'/g)].map(([, path, name]) => [name, path]));
const wanted = Object.entries(PAGES).filter(([name]) => only.length === 0 || only.includes(name));
let current = 'the table';
async function gave(error) {
  fault(`${current}: ${error.message}`);
  await photograph(`failed-${current}`).catch(() => {});
}
try {
  const strays = [...paths.keys()].filter((name) => !(name in PAGES));
  must(strays.length === 0 && paths.size > 10, `these pages have no line in e2e/states.mjs: ${strays}`);
  for (const [who, pages] of [[manager, wanted.filter(([, page]) => page.mine)], [administrator, wanted.filter(([, page]) => !page.mine)]]) {
    if (pages.length > 0) must((await enter(base, who, password)).ok(), `${who} cannot sign in`);
    for (const [name, page] of pages) {
      console.log((current = name));
      // One page that fails keeps nobody from looking at the others.
      await walk(name, page).catch(gave);
    }
  }
  for (const [name, act] of only.length === 0 ? Object.entries(OVER) : []) {
    await goto(base, '/', 'through');
    await skeletons();
    await act();
    await overlay();
    await state((current = name));
  }
  must((await enter(emptyBase, emptyName, emptyPassword)).ok(), `${emptyName} cannot sign in`);
  for (const [name, { of }] of wanted) {
    current = `${name}, empty`;
    // What has no address in an empty office does not exist there, and says so.
    const look = async () => {
      await goto(emptyBase, paths.get(name).replace(/:\w+/, 'nothing'), 'through');
      await skeletons();
      await sensible(current);
      await state(`${name}-empty`);
    };
    await tolerating(of ? [/status of 4\d\d /] : [], () => look().catch(gave));
  }
} catch (error) {
  await gave(error);
} finally {
  be('through');
  await close();
}
process.exitCode = verdict() ? 0 : 1;
