// The main journey on Postgres, by `causeway serve` with a configuration of its own and a certified OpenID provider.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mainJourney, nobodyDecidesTheirOwn } from '../support/journey.ts';
import { expect, onPostgres, test } from '../support/test.ts';

onPostgres();

test('asked, approved by two people, delivered, merged, live', async ({ as, portal }) => {
  test.slow();
  await mainJourney(as, portal);
  expect(existsSync(join(portal.dataDir, 'causeway.db')), 'it ran on the embedded database').toBe(false);
});

test('nobody decides on their own request, in any role', async ({ as, portal, guard }) => {
  guard.allow(/status of 403/);
  await nobodyDecidesTheirOwn(as, portal);
});
