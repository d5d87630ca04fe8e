// A cold page in Chromium, as JSON: node page.mjs ORIGIN PATH COOKIE LOADS
//
// Each load has a browser of its own, so that no cache is warm, not even that of compiled wasm. "Usable" is when a click
// on a link of the navigation is taken by the page's own script: it says so by cancelling the click, which only the
// hydrated page does. The script below tries every 10 ms and cancels the click itself when nobody has.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [origin, path, cookie, loads] = process.argv.slice(2);
const { chromium } = createRequire(join(process.cwd(), 'end2end/package.json'))('playwright-core');
// The flags of end2end/playwright.config.ts.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PATIENCE_MS = 30_000;

/** In the page, before its own scripts. */
function watchForUse() {
  const attempt = () => {
    const link = [...document.querySelectorAll('nav a[href]')].find(
      (a) => a.origin === location.origin && a.pathname !== location.pathname && !a.target && !a.hasAttribute('rel'),
    );
    if (!link) return;
    let taken = false;
    // Added now, it runs after the listeners of the page.
    const last = (event) => {
      taken = event.defaultPrevented;
      event.preventDefault();
    };
    addEventListener('click', last);
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true, view: window, button: 0 }));
    removeEventListener('click', last);
    if (taken) {
      window.__usable = performance.now();
      clearInterval(timer);
    }
  };
  const timer = setInterval(attempt, 10);
}

async function load(tryTo) {
  const browser = await chromium.launch({ executablePath: process.env.CAUSEWAY_CHROMIUM || undefined, args });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Africa/Lagos' });
    const [name, ...value] = cookie.split('=');
    await context.addCookies([{ name, value: value.join('='), url: origin }]);
    const page = await context.newPage();
    return await tryTo(page, await context.newCDPSession(page));
  } finally {
    await browser.close();
  }
}

/** Requests and bytes until the network is quiet; the event stream is counted apart, it never ends. */
async function count(page, session) {
  const seen = new Map();
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith('http')) seen.set(requestId, { url: request.url, bytes: 0 });
  });
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const request = seen.get(requestId);
    if (request) request.bytes += encodedDataLength;
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = seen.get(requestId);
    if (request) request.bytes = encodedDataLength;
  });
  const answer = await page.goto(origin + path, { waitUntil: 'load', timeout: PATIENCE_MS });
  if (answer.status() !== 200) throw new Error(`${path} answers ${answer.status()}`);
  await page.waitForTimeout(2_000);
  const all = [...seen.values()];
  const streams = all.filter((r) => new URL(r.url).pathname === '/events');
  const others = all.filter((r) => !streams.includes(r));
  for (const r of others) process.stderr.write(`${r.bytes}\t${r.url}\n`);
  return { requests: others.length, streams: streams.length, bytes: others.reduce((sum, r) => sum + r.bytes, 0) };
}

async function use(page) {
  await page.addInitScript(watchForUse);
  await page.goto(origin + path, { waitUntil: 'commit', timeout: PATIENCE_MS });
  const usable = await (await page.waitForFunction(() => window.__usable, null, { timeout: PATIENCE_MS, polling: 20 })).jsonValue();
  const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  return { usable, painted };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const counted = await load(count);
const used = [];
for (let i = 0; i < Number(loads); i++) used.push(await load(use));
process.stdout.write(
  JSON.stringify({ ...counted, usable: median(used.map((u) => u.usable)), painted: median(used.map((u) => u.painted)) }),
);
