// How soon a page stands there, and how smoothly a year's report scrolls, over a demo office of twelve people and a year. Prints figures; judges nothing.
//   node web/e2e/lcp.mjs [BASE_URL NAME PASSWORD]      without an address it makes the office itself (a minute); TIMEBOOK_BIN as for shots.mjs
// Largest Contentful Paint as the browser tells it, from a cold cache, the median of five loads; and of scrolling the report's table from its
// top to its end: the tasks of the page that held it up for more than 50 ms, and the longest wait between two frames.
import { chromium } from 'playwright-core';
import { worked } from './offices.mjs';

const [address, name, word] = process.argv.slice(2);
const office = address ? { url: address, manager: name, password: word, stop: async () => {} } : await worked(12, 365);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 860 } });
const entered = await context.request.post(new URL('/api/v1/session', office.url).href, { data: { name: office.manager, password: office.password } });
if (!entered.ok()) throw new Error(`${office.manager} cannot sign in: ${await entered.text()}`);

const year = new Date().getUTCFullYear();
const span = `from=${year - 1}-12-01&to=${year}-11-30&per=day`;
const LOADS = 5;
const PAGES = { Today: '/', Timesheet: '/timesheet', Reports: '/reports', 'Reports, a year': `/reports?${span}` };

async function paint(path) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(new URL(path, office.url).href);
  await page.locator('main h1').waitFor();
  await page.locator('main .skel').first().waitFor({ state: 'detached' });
  await page.evaluate(() => new Promise((done) => setTimeout(done, 400)));
  const found = await page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => {
    const last = list.getEntries().at(-1);
    done({ ms: last.startTime, what: `${last.element?.tagName.toLowerCase()} “${last.element?.textContent.trim().slice(0, 40)}”` });
  }).observe({ type: 'largest-contentful-paint', buffered: true })));
  await page.close();
  return found;
}

async function scroll(path, ready) {
  const page = await context.newPage();
  await page.goto(new URL(path, office.url).href);
  await page.locator('main .skel').first().waitFor({ state: 'detached' });
  await ready(page);
  await page.evaluate(() => {
    const box = [...document.querySelectorAll('main [tabindex="0"], html')].filter((each) => each.scrollHeight > each.clientHeight + 40).sort((a, b) => b.scrollHeight - a.scrollHeight)[0] ?? document.documentElement;
    box.dataset.scrolled = 'yes';
    box.scrollIntoView();
    window.held = [];
    window.frames = [];
    new PerformanceObserver((list) => window.held.push(...list.getEntries().map((task) => task.duration))).observe({ type: 'longtask' });
    let before = performance.now();
    const frame = (now) => (window.frames.push(now - before), (before = now), requestAnimationFrame(frame));
    requestAnimationFrame(frame);
  });
  for (const target of [page.locator('[data-scrolled]')]) await target.hover().catch(() => {});
  for (let turn = 0; turn < 120; turn++) {
    await page.mouse.wheel(0, 240);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const found = await page.evaluate(() => ({ rows: document.querySelectorAll('main tbody tr').length, high: document.querySelector('[data-scrolled]').scrollHeight, at: document.querySelector('[data-scrolled]').scrollTop, held: window.held, frames: window.frames.slice(2) }));
  await page.close();
  return found;
}

try {
  for (const [title, path] of Object.entries(PAGES)) {
    const found = [];
    for (let i = 0; i < LOADS; i++) found.push(await paint(path));
    const times = found.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
    console.log(`${title}: largest paint after ${times[LOADS >> 1]} ms (${times[0]} to ${times.at(-1)}), ${found[0].what}`);
  }
  const table = async (page) => {
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('region', { name: 'Hours per day, as a table' }).waitFor();
  };
  for (const [title, ready] of Object.entries({ 'the page of a year’s report': async () => {}, 'the table of a year’s report': table })) {
    const { rows, high, at, held, frames } = await scroll(`/reports?${span}`, ready);
    const sorted = [...frames].sort((a, b) => a - b);
    console.log(`Scrolling ${title} (${rows} rows, ${Math.round(at)} of ${high} px): ${held.length} tasks over 50 ms${held.length ? ` (longest ${Math.round(Math.max(...held))} ms)` : ''}; frames: median ${Math.round(sorted[sorted.length >> 1])} ms, longest ${Math.round(sorted.at(-1))} ms`);
  }
} finally {
  await browser.close();
  await office.stop();
}
