// The sandbox's Bitbucket from outside: its pages, its REST, git over HTTP with a person's token.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';
import type { Portal } from './portal.ts';

const run = promisify(execFile);

/** The HTTP access token that the sandbox made for one of its users: `farah.haddad`, `causeway-bot`. */
export async function tokenOf(portal: Portal, user: string): Promise<string> {
  const { tokens } = JSON.parse(await readFile(join(portal.sandboxDir, 'bitbucket.json'), 'utf8'));
  if (!tokens?.[user]) throw new Error(`the sandbox knows no token of ${user}`);
  return tokens[user];
}

/** One call of the REST interface as `user`; `path` from `/rest` on. */
export async function rest(portal: Portal, user: string, path: string): Promise<unknown> {
  const answer = await fetch(portal.bitbucket + path, { headers: { authorization: `Bearer ${await tokenOf(portal, user)}` } });
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Presses Merge on the pull request's page, as Farah Haddad, who may. */
export async function merge(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByText('Merged as')).toBeVisible();
}

/** A working copy of a branch, over HTTP with that user's token; `act` gets git in it. */
async function inClone(portal: Portal, user: string, branch: string, act: (git: (...args: string[]) => Promise<unknown>, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-push-'));
  try {
    const url = new URL(`${portal.bitbucket}/scm/cloud/infrastructure.git`);
    url.username = user;
    url.password = await tokenOf(portal, user);
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    const git = (...args: string[]) => run('git', ['-C', folder, '-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com', ...args], { env });
    await run('git', ['clone', '--quiet', '--branch', branch, url.href, folder], { env });
    await act(git, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Somebody with write permission adds a file to a branch and pushes it. */
export async function push(portal: Portal, user: string, branch: string): Promise<void> {
  await inClone(portal, user, branch, async (git, folder) => {
    await writeFile(join(folder, 'sneaked-in.tf'), '# nobody approved this\n');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'One more thing');
    await git('push', '--quiet', 'origin', `HEAD:${branch}`);
  });
}

/** Takes the newest commit off a branch again. */
export async function takeBack(portal: Portal, user: string, branch: string): Promise<void> {
  await inClone(portal, user, branch, async (git) => {
    await git('push', '--quiet', '--force', 'origin', `HEAD~1:refs/heads/${branch}`);
  });
}
