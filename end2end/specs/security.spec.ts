// Attacks from outside: other sites, stolen moments, forged messages.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { askQuickly, stagingStore, unique } from '../support/asking.ts';
import { expect, type Page, test } from '../support/test.ts';

const cookieOf = async (page: Page, url: string) =>
  (await page.context().cookies(url)).filter((cookie) => cookie.name === 'causeway').map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');

/** A page of somebody else's: 127.0.0.1 is another site than localhost. */
async function otherSite(html: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    if (request.url !== '/') return response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>Elsewhere</title><main><h1>Elsewhere</h1>${html}</main></html>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

test('a post that is not from a page of ours is refused, cookie or not', async ({ as, portal }) => {
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('csrf')));
  const cookie = await cookieOf(amara, portal.url);
  expect(cookie).not.toBe('');
  const post = (headers: Record<string, string>) =>
    fetch(`${portal.url}/api/requests/comment`, {
      method: 'POST',
      headers: { cookie, accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ id: path.split('/').pop() ?? '', comment: 'From elsewhere.' }),
      redirect: 'manual',
    });
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${portal.url}.evil.example` },
    { origin: portal.url.replace('localhost', '127.0.0.1') },
    { origin: portal.url, 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const headers of foreign) expect((await post(headers)).status, JSON.stringify(headers)).toBe(403);
  await amara.goto(path);
  await expect(amara.getByRole('region', { name: 'Timeline' })).not.toContainText('From elsewhere.');
  // The same from here is taken: it was the origin, not the form.
  expect((await post({ origin: portal.url })).status).toBe(200);
  await expect(amara.getByRole('region', { name: 'Timeline' })).toContainText('From elsewhere.');
});

test('a form on another site does nothing', async ({ as, portal, guard }) => {
  guard.allow(/status of 403/);
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('csrf')));
  const site = await otherSite(
    `<form method="post" action="${portal.url}/api/requests/withdraw"><input type="hidden" name="id" value="${path.split('/').pop()}"><button>Win a prize</button></form>`,
  );
  const page = await amara.context().newPage();
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Win a prize' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'This is not yours to do' })).toBeVisible();
  await page.close();
  await site.close();
  await amara.goto(path);
  await expect(amara.locator('.page-title .state')).toHaveText('Waiting for approval');
});

test('no page of another site can frame ours', async ({ page, portal, guard }) => {
  guard.allow(/frame-ancestors|X-Frame-Options|ERR_BLOCKED_BY_RESPONSE|chrome-error|status of 400/i);
  // A page that needs no session: a frame on another site gets no cookie, and would show the provider's page otherwise.
  const ours = `${portal.url}/sign-in/callback?state=made-up`;
  await page.goto(ours);
  await expect(page.getByRole('heading', { level: 1, name: 'This sign-in has run out' })).toBeVisible();
  const theirs = await otherSite('<p>A page that may be framed</p>');
  const site = await otherSite(`<iframe title="Theirs" src="${theirs.url}"></iframe><iframe title="Ours" src="${ours}"></iframe>`);
  const refused = page.waitForEvent('console', (message) => /frame-ancestors|X-Frame-Options/i.test(message.text()) && message.text().includes(portal.url));
  await page.goto(site.url);
  await expect(page.frameLocator('iframe[title="Theirs"]').getByText('A page that may be framed')).toBeVisible();
  await refused;
  await expect(page.frameLocator('iframe[title="Ours"]').getByText('This sign-in has run out')).toHaveCount(0);
  await site.close();
  await theirs.close();
});

test('an address cannot make a page say what somebody else wrote', async ({ as, portal }) => {
  const amara = await as('Amara Okafor');
  const error = Buffer.from(JSON.stringify({ kind: 'internal', message: 'Call 555-0100 and say your password.' })).toString('base64url');
  for (const path of ['/api/requests/comment', '/api/approvals/decide', '/api/sessions/revoke']) {
    await amara.goto(`/settings/sessions?${new URLSearchParams({ __path: path, __err: error })}`);
    await expect(amara).toHaveURL(`${portal.url}/settings/sessions`);
    await expect(amara.getByRole('heading', { level: 1, name: 'Where I am signed in' })).toBeVisible();
    await expect(amara.getByText('555-0100')).toHaveCount(0);
  }
});

test('the content policy: nonces, nothing inline, nothing evaluated, nothing from elsewhere', async ({ as, portal, guard }) => {
  guard.allow(/Content Security Policy|content security/i);
  const amara = await as('Amara Okafor');
  const policies: string[] = [];
  for (const path of ['/', '/requests', '/', '/no/such/page']) {
    const answer = await amara.request.get(path, { headers: { accept: 'text/html' } });
    const headers = answer.headers();
    const policy = headers['content-security-policy'] ?? '';
    policies.push(policy);
    expect(policy, path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"]) {
      // What default-src covers need not be said again.
      if (part.startsWith('object-src')) expect(policy).not.toMatch(/object-src (?!'none')/);
      else expect(policy, path).toContain(part);
    }
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    const nonce = /'nonce-([^']{16,})'/.exec(policy)?.[1] ?? '';
    expect(nonce, path).not.toBe('');
    const html = await answer.text();
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) expect(tag).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/\son\w+="|style="/);
  }
  expect(new Set(policies).size).toBe(policies.length);
  await amara.goto('/requests');
  const refused = amara.waitForEvent('console', (message) => /Content Security Policy/i.test(message.text()));
  // What would come in with a name that was not escaped.
  await amara.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src="data:," alt="" onerror="document.title = \'taken over\'">'));
  await refused;
  expect(await amara.title()).not.toBe('taken over');
  expect(await amara.evaluate(() => document.cookie)).not.toContain('causeway');
  expect(portal.url).toContain('localhost');
});

test('without a session: programs get 401, browsers are sent to sign in, and nothing is told', async ({ portal }) => {
  const functions: [string, unknown][] = [
    ['/api/people/viewer', {}],
    ['/api/requests/list', { filter: {} }],
    ['/api/audit/list', { filter: {} }],
    ['/api/catalogue/list', {}],
  ];
  for (const [path, body] of functions) {
    const answer = await fetch(portal.url + path, {
      method: 'POST',
      headers: { origin: portal.url, accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status, path).toBe(401);
    expect(await answer.json()).toMatchObject({ kind: 'signed_out' });
  }
  for (const cookie of ['', 'causeway=', 'causeway=made-up', `causeway=${'x'.repeat(4_000)}`]) {
    const answer = await fetch(`${portal.url}/api/people/viewer`, {
      method: 'POST',
      headers: { cookie, origin: portal.url, accept: 'application/json', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status, cookie.slice(0, 30)).toBe(401);
  }
  for (const path of ['/', '/requests', '/audit', '/events', '/audit/export?format=csv']) {
    const answer = await fetch(portal.url + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(answer.status, path).toBe(303);
    expect(answer.headers.get('location')).toBe(`/sign-in?return_to=${encodeURIComponent(path)}`);
  }
  expect((await fetch(`${portal.url}/events`, { headers: { accept: 'text/event-stream' } })).status).toBe(401);
});

test('what changes something takes no GET', async ({ as }) => {
  const amara = await as('Amara Okafor');
  for (const path of ['/api/approvals/decide', '/api/requests/withdraw', '/api/drafts/start', '/sign-out', '/webhooks/bitbucket']) {
    const answer = await amara.request.get(`${path}?id=1&template=sandbox-vm`, { maxRedirects: 0 });
    expect([404, 405], path).toContain(answer.status());
  }
});

test('a session gets a new cookie at sign-in, so that a planted one is worth nothing', async ({ page, portal }) => {
  await page.goto('/');
  const before = await cookieOf(page, portal.url);
  expect(before).not.toBe('');
  await page.getByRole('button', { name: /^Amara Okafor/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Amara' })).toBeVisible();
  const after = await cookieOf(page, portal.url);
  expect(after).not.toBe(before);
  const planted = await fetch(`${portal.url}/requests`, { headers: { cookie: before, accept: 'text/html' }, redirect: 'manual' });
  expect(planted.status).toBe(303);
});

test('what a stranger may not know of is not there', async ({ as, portal }) => {
  const amara = await as('Amara Okafor');
  const path = await askQuickly(amara, 'object-store', stagingStore(unique('hidden')));
  const ben = await as('Ben Fischer');
  const none = path.replace(/[0-9a-f]{12}$/, '0'.repeat(12));
  for (const page of [path, none]) {
    const answer = await ben.request.get(page, { headers: { accept: 'text/html' } });
    expect(answer.status(), page).toBe(404);
  }
  const own = (id: string) =>
    ben.request.post('/api/requests/get', { data: { id }, headers: { origin: portal.url, accept: 'application/json' } }).then(async (answer) => [answer.status(), await answer.text()]);
  const [there, absent] = [await own(path.split('/').pop() ?? ''), await own(none.split('/').pop() ?? '')];
  expect(there).toEqual(absent);
  expect(there[0]).toBe(404);
});

test('webhooks: unsigned and forged ones are refused, a replay does nothing', async ({ portal }) => {
  const secret = (await readFile(join(portal.dataDir, 'webhook-secret'), 'utf8')).trim();
  const body = JSON.stringify({
    eventKey: 'pr:merged',
    date: '2026-11-24T10:00:00+0000',
    pullRequest: { id: 1, fromRef: { displayId: unique('nothing') }, toRef: { repository: { slug: 'infrastructure', project: { key: 'CLOUD' } } } },
  });
  const signed = (text: string, key = secret) => `sha256=${createHmac('sha256', key).update(text).digest('hex')}`;
  const send = async (headers: Record<string, string>, text = body) => {
    const answer = await fetch(`${portal.url}/webhooks/bitbucket`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-event-key': 'pr:merged', ...headers },
      body: text,
    });
    return [answer.status, (await answer.text()).trim()];
  };
  expect((await send({}))[0]).toBe(401);
  expect((await send({ 'x-hub-signature': 'sha256=00' }))[0]).toBe(401);
  expect((await send({ 'x-hub-signature': signed(body, 'guessed') }))[0]).toBe(401);
  expect((await send({ 'x-hub-signature': signed(body) }, body.replace('"id":1', '"id":2')))[0]).toBe(401);
  expect((await send({ 'x-hub-signature': signed('[]') }, '[]'))[0]).toBe(400);
  // Believed, but about no delivery that is under way.
  expect(await send({ 'x-hub-signature': signed(body) })).toEqual([200, 'nothing of ours']);
  expect(await send({ 'x-hub-signature': signed(body) })).toEqual([200, 'seen before']);
});
