// `causeway serve`, configured as an operator would: its people come from the certified provider in oidc/, its
// repositories from the Bitbucket of a demo that runs beside it. Nothing of it is the demo's own configuration.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { startProvider } from '../oidc/provider.mjs';
import { tokenOf } from './bitbucket.ts';
import type { Guard } from './guard.ts';
import { type Portal, startPortal } from './portal.ts';
import { freeTriple } from './ports.ts';
import { signIn } from './sign-in.ts';

/** What the groups of the sandbox's people mean; the demo has the same. */
const ROLES: [string, string, string][] = [
  ['causeway-infrastructure-admins', 'infrastructure-admin', 'everything'],
  ['causeway-senior-engineers', 'senior-engineer', 'everything'],
  ['causeway-auditors', 'auditor', 'everything'],
  ['team-payments', 'engineer', 'team:payments'],
  ['team-search', 'engineer', 'team:search'],
  ['causeway-managers-payments', 'manager', 'team:payments'],
];

export type Provider = Awaited<ReturnType<typeof startProvider>>;

export interface Served {
  portal: Portal;
  provider: Provider;
  configFile: string;
  remove(): Promise<void>;
}

export interface ServedOptions {
  worker: number;
  /** The demo whose Bitbucket is used. */
  demo: Portal;
  /** Another address of that Bitbucket: a proxy's. */
  bitbucket?: string;
  env?: Record<string, string>;
  /** The provider's people; the sandbox's by default. */
  people?: unknown[];
  groupsClaim?: string;
  /** The provider sends names, addresses and groups at its user info only. */
  conformIdTokenClaims?: boolean;
  roles?: [string, string, string][];
}

/** As the fixture `as`, for a portal that a spec has started itself. Its pages are watched by the guard. */
export function visitors(browser: Browser, portal: Portal, guard: Guard): { as(name: string): Promise<Page>; close(): Promise<void> } {
  const contexts: BrowserContext[] = [];
  return {
    as: async (name) => {
      const context = await browser.newContext({ baseURL: portal.url, reducedMotion: 'reduce' });
      contexts.push(context);
      guard.watch(context);
      const page = await context.newPage();
      await signIn(page, portal, name);
      return page;
    },
    close: async () => {
      for (const context of contexts) await context.close();
    },
  };
}

interface Person {
  sub: string;
  name: string;
  groups: string[];
}

/** The sandbox's people as the certified provider takes them. */
async function sandboxPeople(demo: Portal): Promise<unknown[]> {
  const people: Person[] = await (await fetch(`${demo.oidc}/sandbox/people`)).json();
  return people.map(({ sub, name, groups }) => ({ id: sub, name, claims: { groups }, amr: ['pwd', 'mfa'] }));
}

export async function startServed(options: ServedOptions): Promise<Served> {
  const { demo, worker, env } = options;
  const port = await freeTriple(worker);
  const url = `http://localhost:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'causeway-served-'));
  const provider = await startProvider({
    redirectUris: [`${url}/sign-in/callback`],
    postLogoutRedirectUris: [`${url}/`],
    backchannelLogoutUri: `${url}/backchannel-logout`,
    conformIdTokenClaims: options.conformIdTokenClaims,
    people: (options.people ?? (await sandboxPeople(demo))) as never,
  });
  const bitbucket = options.bitbucket ?? demo.bitbucket;
  const rules = (options.roles ?? ROLES).map(([group, role, scope]) => `[[roles.map]]\ngroup = "${group}"\nrole = "${role}"\nscope = "${scope}"\n`);
  const configFile = join(folder, 'causeway.toml');
  await writeFile(
    configFile,
    `[server]
listen = "127.0.0.1:${port}"
public_url = "${url}"
data_dir = "${join(folder, 'data')}"
shutdown_grace = "1s"
[sign_in]
issuer = "${provider.issuer}"
client_id = "${provider.clientId}"
client_secret = "${provider.clientSecret}"
scopes = ["openid", "profile", "email", "groups"]
provider_name = "the test provider"
timeout = "3s"
[roles]
groups_claim = "${options.groupsClaim ?? 'groups'}"
help_contact = "Grace in room 4"
${rules.join('')}
[bitbucket]
url = "${bitbucket}"
project = "CLOUD"
repository = "infrastructure"
token = "${await tokenOf(demo, 'causeway-bot')}"
bot_email = "causeway-bot@causeway.example"
follow_every = "1s"
[catalogue]
location = "${bitbucket}/scm/cloud/catalogue.git"
sync_every = "5s"
`,
  );
  const end = async () => {
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const portal = await startPortal({ worker, command: 'serve', port, args: ['--config', configFile], env });
    portal.oidc = provider.issuer;
    portal.bitbucket = demo.bitbucket;
    portal.sandboxDir = demo.sandboxDir;
    portal.dataDir = join(folder, 'data');
    return {
      portal,
      provider,
      configFile,
      remove: async () => {
        await portal.remove();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
