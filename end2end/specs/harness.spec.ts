// The test kit itself: what is to fail a journey does, and the two outside programs work as the specs expect.
// Nothing here needs the portal.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startProvider } from '../oidc/provider.mjs';
import { bitbucketSpec, startProxy } from '../prism/proxy.mjs';
import { violations } from '../support/accessible.ts';
import { Guard } from '../support/guard.ts';
import { freeTriple } from '../support/ports.ts';
import { newDatabase, noPostgres } from '../support/postgres.ts';

const page404 = /404/;

test('the guard sees console errors, exceptions and pages opened later, and lets through what is allowed', async ({ context, page }) => {
  const guard = new Guard();
  guard.watch(context);
  await page.setContent('<script>console.warn("harmless"); console.error("broken 404")</script>');
  const later = await context.newPage();
  await later.setContent('<script>throw new Error("thrown later")</script>');
  await expect.poll(() => guard.errors.length).toBe(2);
  guard.allow(page404);
  expect(guard.errors).toEqual([expect.stringContaining('thrown later')]);
});

test('axe judges both themes', async ({ page }) => {
  // Readable in the light theme only.
  await page.setContent(`<!doctype html><html lang="en"><title>Contrast</title><main><h1>Words</h1><p>Text</p></main>
    <style>body { background: #fff; color: #111 } @media (prefers-color-scheme: dark) { body { background: #111; color: #222 } }</style>`);
  const found = await violations(page);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((violation) => violation.startsWith('dark: color-contrast'))).toBe(true);
});

test('three ports in a row are free, and taken ones are passed over', async () => {
  const port = await freeTriple(0);
  const taken = http.createServer().listen(port + 1, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const next = await freeTriple(0);
  expect([port - 1, port, port + 1]).not.toContain(next);
  await new Promise((resolve) => taken.close(resolve));
});

test('a database of its own on Postgres', async () => {
  const missing = noPostgres();
  test.skip(!!missing && !process.env.CI, missing);
  const database = await newDatabase();
  expect(database.url).toMatch(/\/e2e_[0-9a-f]{12}\?host=/);
  await database.drop();
});

test.describe('the OpenID provider', () => {
  const back = 'http://127.0.0.1:1/back';
  const verifier = randomBytes(32).toString('base64url');
  const ask = (issuer: string, extra: Record<string, string> = {}) =>
    `${issuer}/auth?${new URLSearchParams({
      client_id: 'causeway', response_type: 'code', scope: 'openid profile email groups', redirect_uri: back, state: 's', nonce: 'n', ...extra,
    })}`;
  const challenge = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };

  test('refuses a request without PKCE', async () => {
    const provider = await startProvider({ redirectUris: [back] });
    const answer = await fetch(ask(provider.issuer), { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
    await provider.close();
  });

  test('signs a person in with groups in the id token, and changes keys while it runs', async ({ page }) => {
    const provider = await startProvider({ redirectUris: [back] });
    const keys = async (): Promise<string[]> => (await (await fetch(`${provider.issuer}/jwks`)).json()).keys.map((key: { kid: string }) => key.kid);
    const before = await keys();

    await page.route(`${back}*`, (route) => route.fulfill({ body: 'back' }));
    await page.goto(ask(provider.issuer, challenge));
    await page.getByRole('button', { name: 'Grace Adeyemi' }).click();
    await page.waitForURL(`${back}*`);
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const answer = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${provider.clientId}:${provider.clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: back, code_verifier: verifier }),
    });
    const token = (await answer.json()).id_token.split('.').map((part: string) => Buffer.from(part, 'base64url').toString());
    expect(before).toContain(JSON.parse(token[0]).kid);
    expect(JSON.parse(token[1])).toMatchObject({ sub: 'grace', nonce: 'n', groups: ['platform-admins'], amr: ['pwd', 'mfa'], acr: 'mfa' });

    provider.rotateKeys();
    expect(await keys()).not.toContain(before[0]);
    provider.setFault('down');
    expect((await fetch(`${provider.issuer}/jwks`)).status).toBe(503);
    await provider.close();
  });
});

test.describe('the validating proxy', () => {
  const description = {
    openapi: '3.0.1',
    info: { title: 'A small service', version: '1' },
    servers: [{ url: 'http://example.com/rest' }],
    paths: {
      '/api/latest/things/{id}': {
        put: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } } },
          responses: { 200: { description: 'done' } },
        },
      },
    },
  };

  test('passes what the description allows byte for byte, refuses the rest, and leaves git alone', async () => {
    const seen: string[] = [];
    const upstream = http.createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push(`${request.method} ${request.url} ${request.headers.host} ${body}`);
      response.end('{}');
    });
    await new Promise((resolve) => upstream.listen(0, '127.0.0.1', () => resolve(undefined)));
    const folder = await mkdtemp(join(tmpdir(), 'causeway-prism-'));
    const spec = join(folder, 'description.json');
    await writeFile(spec, JSON.stringify(description));
    const proxy = await startProxy({ spec, upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` });
    const put = async (path: string, body: string) =>
      (await fetch(proxy.url + path, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })).status;

    expect(await put('/rest/api/latest/things/7', '{ "name" :  "a" }')).toBe(200);
    expect(await put('/rest/api/latest/things/7', '{"name":5}')).toBe(422);
    expect(await put('/rest/api/latest/things/seven', '{"name":"a"}')).toBe(422);
    expect(await put('/rest/api/latest/unknown', '{}')).toBe(422);
    expect((await fetch(`${proxy.url}/scm/a/b.git/info/refs`)).status).toBe(200);

    const host = proxy.url.slice('http://'.length);
    expect(seen).toEqual([`PUT /rest/api/latest/things/7 ${host} { "name" :  "a" }`, `GET /scm/a/b.git/info/refs ${host} `]);
    expect(proxy.violations.map((violation) => violation.problems[0])).toEqual([
      expect.stringContaining('name must be string'),
      expect.stringContaining('id must be integer'),
      'Selected route not found',
    ]);
    expect(proxy.judged).toHaveLength(4);
    await proxy.close();
    await new Promise((resolve) => upstream.close(resolve));
    await rm(folder, { recursive: true });
  });

  test('the description that ships is used unless another is named, and one that is not there is said', () => {
    expect(bitbucketSpec({})).toMatch(/prism\/bitbucket-9\.4\.json$/);
    expect(() => bitbucketSpec({ CAUSEWAY_BITBUCKET_SPEC: '/nowhere.json' })).toThrow('/nowhere.json, which does not exist');
  });
});
