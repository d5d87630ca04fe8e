// What every spec imports in place of @playwright/test:
//
//   import { expect, expectAccessible, test } from '../support/test.ts';
//   test('a manager approves', async ({ as }) => {
//     const page = await as('Amara Okafor');          // a context of its own, signed in
//     await page.goto('/approvals');
//     await expectAccessible(page);
//   });
//
// `page` is signed out. `test.use({ engine: 'postgres' })` at the top of a spec runs it on Postgres, by `causeway serve`
// with the sandbox's people; `test.use({ javaScriptEnabled: false })` without scripts. Every page of a test is watched by
// the guard.
import { type BrowserContext, type BrowserContextOptions, type Page, test as base } from '@playwright/test';
import { Guard } from './guard.ts';
import { type Portal, startPortal } from './portal.ts';
import { newDatabase, noPostgres } from './postgres.ts';
import { startServed } from './served.ts';
import { signIn } from './sign-in.ts';

export { expect, type Page } from '@playwright/test';
export { expectAccessible, violations } from './accessible.ts';
export { signIn } from './sign-in.ts';

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

interface TestFixtures {
  guard: Guard;
  /** A page signed in as that person. The sign-in happens once for each person and worker; `fresh` does it again. */
  as(name: string, options?: BrowserContextOptions & { fresh?: boolean }): Promise<Page>;
}

interface WorkerFixtures {
  engine: 'sqlite' | 'postgres';
  /** More configuration for the worker's portal, as CAUSEWAY_SECTION__KEY. */
  settings: Record<string, string>;
  portal: Portal;
  sessions: Map<string, State>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  engine: ['sqlite', { option: true, scope: 'worker' }],
  settings: [{}, { option: true, scope: 'worker' }],

  portal: [
    async ({ engine, settings }, use, info) => {
      const worker = info.workerIndex;
      if (engine === 'sqlite') {
        const portal = await startPortal({ worker, env: settings });
        await use(portal).finally(() => portal.remove());
        return;
      }
      const database = await newDatabase();
      try {
        const demo = await startPortal({ worker });
        try {
          const served = await startServed({ worker, demo, env: { ...settings, CAUSEWAY_DATABASE__URL: database.url } });
          await use(served.portal).finally(() => served.remove());
        } finally {
          await demo.remove();
        }
      } finally {
        await database.drop();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  sessions: [
    async ({ portal: _ }, use) => {
      await use(new Map());
    },
    { scope: 'worker' },
  ],

  // A button that does not come fails where it is waited for, not at the end of the test.
  actionTimeout: 15_000,

  baseURL: async ({ portal }, use) => {
    await use(portal.url);
  },

  guard: [
    async ({ context, portal }, use, info) => {
      const guard = new Guard();
      guard.watch(context);
      await use(guard);
      if (info.status !== info.expectedStatus) {
        await info.attach('portal.log', { body: await portal.log(400), contentType: 'text/plain' });
      }
      if (guard.errors.length) throw new Error(`errors in the browser:\n${guard.errors.join('\n')}`);
    },
    { auto: true },
  ],

  as: async ({ browser, contextOptions, javaScriptEnabled, locale, timezoneId, viewport, portal, sessions, guard }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (name, { fresh = false, ...options } = {}) => {
      const shared = { ...contextOptions, javaScriptEnabled, locale, timezoneId, viewport, baseURL: portal.url };
      const storageState = fresh ? undefined : sessions.get(name);
      const context = await browser.newContext({ ...shared, storageState, ...options });
      contexts.push(context);
      guard.watch(context);
      const page = await context.newPage();
      if (!storageState) {
        await signIn(page, portal, name);
        if (!fresh) sessions.set(name, await context.storageState());
      }
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

/** At the top of a spec that runs on Postgres: skips it, saying why, where there is none. CI has one always. */
export function onPostgres(): void {
  test.use({ engine: 'postgres' });
  const reason = noPostgres();
  test.skip(!!reason && !process.env.CI, reason);
}
