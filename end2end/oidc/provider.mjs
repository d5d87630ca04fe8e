// A certified OpenID provider (npm oidc-provider) for tests, on loopback: real discovery, keys, tokens and logout, with
// one page on which a person is picked. PKCE is required. Everything lives in memory and ends with the process.
// To make it misbehave, use `setFault`; to change its keys under a running portal, `rotateKeys`.
// By hand: node oidc/provider.mjs --port 3901 --redirect-uri http://localhost:3000/sign-in/callback
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import { pathToFileURL } from 'node:url';
import Provider from 'oidc-provider';
import { PEOPLE } from './people.mjs';

const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (title, body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><main><h1>${title}</h1>${body}</main></html>`;

function newKeys() {
  const kid = randomBytes(6).toString('hex');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return [
    { ...rsa, kid: `rs-${kid}`, use: 'sig', alg: 'RS256' },
    { ...ec, kid: `es-${kid}`, use: 'sig', alg: 'ES256' },
  ];
}

/** The claims of a person; `people` may be changed while the provider runs (a role taken away, say). */
const claimsOf = (person) => ({
  sub: person.id,
  name: person.name,
  preferred_username: person.id,
  email: `${person.id}@example.com`,
  email_verified: true,
  ...person.claims,
});

function configuration(options, people, keys) {
  const extra = new Set(people.flatMap((person) => Object.keys(person.claims)));
  return {
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: options.redirectUris,
        post_logout_redirect_uris: options.postLogoutRedirectUris,
        ...(options.backchannelLogoutUri && { backchannel_logout_uri: options.backchannelLogoutUri, backchannel_logout_session_required: true }),
        id_token_signed_response_alg: options.algorithm,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys },
    // By itself it calls no loopback address, where every portal under test is; other addresses stay barred.
    fetch: (url, { dispatcher, ...request }) => fetch(url, isLoopback(url) ? request : { ...request, dispatcher }),
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub', 'amr', 'acr', 'auth_time', ...[...extra].filter((claim) => claim !== 'groups')],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    acrValues: ['mfa'],
    // Claims in the id token as well as at userinfo, as most companies' providers send them; or, to the letter of the
    // specification, at userinfo only.
    conformIdTokenClaims: options.conformIdTokenClaims ?? false,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = page('Sign out', `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = page('Signed out', '<p>You have signed out.</p>');
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => {
      const person = people.find((candidate) => candidate.id === id);
      return person && { accountId: id, claims: () => claimsOf(person) };
    },
    // Consent is the company's, not the person's: every scope that was asked for is granted.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = page('Refused', `<p role="alert">${escape(`${out.error}: ${out.error_description ?? ''}`)}</p>`);
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  };
}

const isLoopback = (url) => ['localhost', '127.0.0.1'].includes(new URL(url).hostname);

async function interaction(provider, people, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    if (form.has('abort')) {
      return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The person cancelled' });
    }
    const person = people.find((candidate) => candidate.id === form.get('person'));
    if (!person) return response.writeHead(400).end('no such person\n');
    const acr = person.amr.includes('mfa') ? 'mfa' : undefined;
    return provider.interactionFinished(request, response, { login: { accountId: person.id, amr: person.amr, ...(acr && { acr }), remember: true } });
  }
  const buttons = people.map((person) => `<li><button name="person" value="${person.id}">${escape(person.name)}</button></li>`).join('');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page('Who are you?', `<p>For ${escape(String(details.params.client_id))}</p><form method="post"><ul>${buttons}</ul><button name="abort">Cancel</button></form>`));
}

/**
 * @typedef {{
 *   port?: number, clientId?: string, clientSecret?: string, redirectUris: string[], postLogoutRedirectUris?: string[],
 *   backchannelLogoutUri?: string, algorithm?: 'RS256' | 'ES256', people?: typeof PEOPLE,
 *   conformIdTokenClaims?: boolean,
 * }} ProviderOptions
 * @param {ProviderOptions} given
 * @returns {Promise<{ issuer: string, port: number, clientId: string, clientSecret: string, people: typeof PEOPLE,
 *   rotateKeys(): void, setFault(fault?: 'down' | { slow: number }): void, close(): Promise<void> }>}
 *   `slow` is in milliseconds per answer. `rotateKeys` also ends the provider's own sessions.
 */
export async function startProvider(given) {
  const options = { port: 0, clientId: 'causeway', clientSecret: 'not-a-secret-only-for-tests', postLogoutRedirectUris: [], algorithm: 'RS256', ...given };
  const people = structuredClone(given.people ?? PEOPLE);
  /** @type {'down' | { slow: number } | undefined} */
  let fault;
  let provider;
  let handle;

  const server = http.createServer(async (request, response) => {
    try {
      // Browsers ask for it by themselves, and a 404 is an error on their console.
      if (request.url === '/favicon.ico') return response.writeHead(204).end();
      if (fault === 'down') return response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>');
      if (fault) await new Promise((resolve) => setTimeout(resolve, fault.slow).unref());
      if (request.url?.startsWith('/interaction/')) await interaction(provider, people, request, response);
      else handle(request, response);
    } catch (error) {
      if (response.headersSent) return response.destroy();
      response.writeHead(error.statusCode ?? 500, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const rotateKeys = () => {
    provider = new Provider(issuer, configuration(options, people, newKeys()));
    handle = provider.callback();
  };
  rotateKeys();

  return {
    issuer,
    port,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    people,
    rotateKeys,
    setFault: (next) => {
      fault = next;
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3901' },
      'redirect-uri': { type: 'string', multiple: true, default: ['http://localhost:3000/sign-in/callback'] },
      'backchannel-logout-uri': { type: 'string' },
    },
  });
  const provider = await startProvider({ port: Number(values.port), redirectUris: values['redirect-uri'], backchannelLogoutUri: values['backchannel-logout-uri'] });
  console.log(JSON.stringify({ issuer: provider.issuer, client_id: provider.clientId, client_secret: provider.clientSecret }));
}
