// Somebody pushes to the branch after the approval: the build status fails, merging is blocked, and the page says so.
import { askQuickly, unique } from '../support/asking.ts';
import { push, rest, takeBack } from '../support/bitbucket.ts';
import { state } from '../support/journey.ts';
import { expect, expectAccessible, test } from '../support/test.ts';

test('a push after the approval is seen, blocks the merge, and can be put right', async ({ as, portal, guard }) => {
  guard.allow(/status of 409/);
  const page = await as('Amara Okafor');
  await askQuickly(page, 'sandbox-vm', { environment_name: unique('pushed') });
  await expect(state(page)).toHaveText('Pull request open', { timeout: 30_000 });
  const delivery = page.getByRole('region', { name: 'Delivery' });
  await expect(delivery).toContainText('Passed: the branch holds what was approved');
  const branch = await delivery.locator('.fact').filter({ hasText: 'Branch' }).locator('code').innerText();
  const address = (await delivery.getByRole('link', { name: /^Pull request \d+/ }).getAttribute('href')) ?? '';

  await push(portal, 'farah.haddad', branch);
  await expect(delivery).toContainText('Failed: merging is blocked', { timeout: 30_000 });
  await expect(delivery).toContainText('Somebody pushed to this branch after the approval');
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('found that somebody pushed to the branch');
  await expectAccessible(page);

  const pull = `/rest/api/latest/projects/CLOUD/repos/infrastructure/pull-requests/${/(\d+)(?:\/overview)?$/.exec(address)?.[1]}`;
  const head = ((await rest(portal, 'farah.haddad', pull)) as { fromRef: { latestCommit: string } }).fromRef.latestCommit;
  const status = await rest(portal, 'farah.haddad', `/rest/api/latest/projects/CLOUD/repos/infrastructure/commits/${head}/builds?key=causeway%2Fapproval`);
  expect(status).toMatchObject({ key: 'causeway/approval', state: 'FAILED' });

  const bitbucket = await page.context().newPage();
  await bitbucket.goto(address);
  const build = bitbucket.getByRole('group', { name: 'Build statuses' }).getByRole('row').filter({ hasText: 'causeway/approval' });
  await expect(build).toContainText('Failed');
  const refused = bitbucket.waitForResponse((answer) => answer.url().endsWith('/merge'));
  await bitbucket.getByRole('button', { name: 'Merge', exact: true }).click();
  expect((await refused).status()).toBe(409);
  await expect(bitbucket.getByText('Merged as')).toHaveCount(0);
  await bitbucket.close();

  await takeBack(portal, 'farah.haddad', branch);
  await expect(delivery).toContainText('Passed: the branch holds what was approved', { timeout: 30_000 });
  await expect(delivery).not.toContainText('Somebody pushed');
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('found the branch in order again');
});
