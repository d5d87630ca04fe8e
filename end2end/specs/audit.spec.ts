// The record: searched, filtered, exported, verified; and found out when a byte of it is changed underneath.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askQuickly, stagingStore, unique } from '../support/asking.ts';
import { decide, postDecision, state } from '../support/journey.ts';
import { binary } from '../support/portal.ts';
import { expect, expectAccessible, type Page, test } from '../support/test.ts';

const events = (page: Page) => page.getByRole('table', { name: 'Audit events' }).locator('tbody').getByRole('row');

async function download(page: Page, link: string): Promise<string> {
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: link }).click();
  return readFile(await (await started).path(), 'utf8');
}

test('an auditor searches, filters, reads details', async ({ as }) => {
  const amara = await as('Amara Okafor');
  const name = unique('recorded');
  const path = await askQuickly(amara, 'object-store', stagingStore(name));
  await decide(await as('Dana Levi'), path, 'Deny', 'Only for the record.');
  await expect(state(amara)).toHaveText('Denied');

  const ines = await as('Ines Moreau');
  await ines.goto('/');
  await ines.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click();
  await ines.getByRole('searchbox', { name: 'Search' }).fill(name);
  await ines.getByRole('button', { name: 'Filter' }).click();
  await expect(ines).toHaveURL(new RegExp(`q=${name}`));
  await expect(events(ines)).toHaveCount(2);
  await expect(events(ines).nth(0)).toContainText('request.denied');
  await expect(events(ines).nth(1)).toContainText('request.submitted');
  await expect(events(ines).nth(1)).toContainText('Amara Okafor');
  await events(ines).nth(0).locator('summary').click();
  await expect(events(ines).nth(0).getByRole('region')).toContainText('Only for the record.');
  await expectAccessible(ines);

  await ines.goto('/audit');
  await ines.getByRole('combobox', { name: 'Outcome' }).selectOption({ label: 'Done' });
  await expect(ines).toHaveURL(/outcome=done/);
  await expect(events(ines).first()).toBeVisible();
  await expect(events(ines).filter({ hasText: 'Refused' })).toHaveCount(0);
  await ines.goto('/audit?from=2001-01-01&to=2001-01-02');
  await expect(ines.getByText('No event matches')).toBeVisible();
  // The month of history is more than a page.
  await ines.goto('/audit');
  await expect(events(ines)).toHaveCount(50);
  const newest = await events(ines).first().getByRole('cell').first().innerText();
  await ines.getByRole('link', { name: 'Next page' }).click();
  await expect(ines.getByRole('link', { name: 'First page' })).toBeVisible();
  await expect(events(ines).first().getByRole('cell').first()).toHaveText(String(Number(newest) - 50));
});

test('every action that can be picked finds something', async ({ as }) => {
  const ines = await as('Ines Moreau');
  await ines.goto('/audit');
  const options = await ines.getByRole('combobox', { name: 'Action' }).getByRole('option').evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  expect(options.length).toBeGreaterThan(3);
  for (const action of options) {
    await ines.goto(`/audit?action=${action}`);
    await expect.soft(events(ines).first(), `action=${action}`).toBeVisible({ timeout: 3_000 });
  }
});

test('exports as CSV and as JSON lines, with the filter', async ({ as }) => {
  const amara = await as('Amara Okafor');
  const name = unique('exported');
  const path = await askQuickly(amara, 'object-store', stagingStore(name));
  await decide(await as('Dana Levi'), path, 'Ask for changes', '=HYPERLINK("http://evil.example") "quoted", and\na second line');
  await expect(state(amara)).toHaveText('Changes asked for');

  const ines = await as('Ines Moreau');
  await ines.goto(`/audit?q=${name}`);
  await expect(events(ines)).toHaveCount(2);
  const lines = (await download(ines, 'Export JSON lines')).trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(lines.map((line) => [line.actor, line.action, line.outcome])).toEqual([
    ['Dana Levi', 'request.changes_asked', 'done'],
    ['Amara Okafor', 'request.submitted', 'done'],
  ]);
  expect(lines[0].seq).toBeGreaterThan(lines[1].seq);
  expect(lines[0].hash).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(lines[0].detail).comment).toContain('a second line');

  const csv = await download(ines, 'Export CSV');
  const [head, ...rest] = csv.split('\r\n');
  expect(head).toBe('seq,at,actor,actor_kind,actor_id,action,subject_kind,subject_id,subject,outcome,detail,hash');
  expect(rest.filter(Boolean)).toHaveLength(2);
  expect(csv).toMatch(/"Dana Levi","person","[0-9a-f-]{36}","request.changes_asked","request"/);
  for (const line of lines) expect(csv).toContain(line.hash);
  // No cell begins as a spreadsheet's formula.
  expect(csv).not.toMatch(/(^|,)"[=+\-@]/m);
});

test('the record is not for an engineer', async ({ as, guard }) => {
  guard.allow(/status of 403/);
  const page = await as('Amara Okafor');
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' })).toHaveCount(0);
  const answer = await page.goto('/audit');
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole('heading', { level: 1, name: 'This is not yours to see' })).toBeVisible();
  for (const format of ['csv', 'jsonl']) {
    const refused = await page.request.get(`/audit/export?format=${format}`);
    expect(refused.status()).toBe(403);
    expect(await refused.text()).not.toContain('session.signed_in');
  }
});

test('a decision that was refused is on the record', async ({ as, portal }) => {
  const lena = await as('Lena Novak');
  const name = unique('refused');
  const path = await askQuickly(lena, 'object-store', stagingStore(name));
  const refused = await postDecision(lena, portal, path, 'approve');
  expect(refused.status).toBe(403);
  const ines = await as('Ines Moreau');
  await ines.goto(`/audit?q=${name}&outcome=refused`);
  await expect(events(ines)).toHaveCount(1);
  await expect(events(ines)).toContainText('request.decision_refused');
  await expect(events(ines)).toContainText('Lena Novak');
});

interface Verdict {
  code: number;
  stdout: string;
  stderr: string;
}

async function verify(data: string): Promise<Verdict> {
  try {
    const { stdout, stderr } = await promisify(execFile)(binary, ['audit', 'verify', '--data', data]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Verdict;
    return { code, stdout, stderr };
  }
}

test('audit verify passes on all of it, and names the row after one byte was changed', async ({ as, portal }) => {
  test.slow();
  const amara = await as('Amara Okafor');
  const name = unique('tampered');
  await askQuickly(amara, 'object-store', stagingStore(name));
  const marker = unique('marker');
  await amara.getByRole('textbox', { name: 'Comment' }).fill(marker);
  await amara.getByRole('button', { name: 'Add comment' }).click();
  await expect(amara.getByRole('region', { name: 'Timeline' })).toContainText(marker);
  const ines = await as('Ines Moreau');
  const exported = await (await ines.request.get(`/audit/export?format=jsonl&action=request.commented&q=${name}`)).text();
  const row: { seq: number } = JSON.parse(exported);

  // While the portal runs.
  const running = await verify(portal.dataDir);
  expect(running.code, running.stderr).toBe(0);
  expect(JSON.parse(running.stdout).links).toBeGreaterThanOrEqual(row.seq);

  // A copy is changed behind the database's back; the portal's own data stay as they are.
  const copy = await mkdtemp(join(tmpdir(), 'causeway-tampered-'));
  try {
    await portal.stop();
    for (const file of await readdir(portal.dataDir)) {
      if (/^causeway\.db|\.toml$/.test(file)) await cp(join(portal.dataDir, file), join(copy, file));
    }
    await portal.start();
    const whole = await verify(copy);
    expect(whole.code, whole.stderr).toBe(0);

    const database = join(copy, 'causeway.db');
    const bytes = await readFile(database);
    const written = Buffer.from(`{"comment":"${marker}`);
    const places: number[] = [];
    for (let at = bytes.indexOf(written); at >= 0; at = bytes.indexOf(written, at + 1)) places.push(at);
    expect(places.length, 'the comment is not in the database file').toBeGreaterThan(0);
    for (const place of places) bytes.writeUInt8(bytes.readUInt8(place + written.length - 1) ^ 1, place + written.length - 1);
    await writeFile(database, bytes);

    const broken = await verify(copy);
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toEqual({ broken_at: row.seq, why: 'its content does not match its hash' });
    expect(broken.stderr).toContain(`the record is broken at event ${row.seq}`);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }

  // The portal is up again with its data; the session has survived.
  await amara.goto('/requests?q=tampered');
  await expect(amara.getByRole('link', { name: `Create ${name}` })).toBeVisible();
});
