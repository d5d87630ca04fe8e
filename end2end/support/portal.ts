// Starts the built binary for a spec and ends it by its process id.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freeTriple } from './ports.ts';

/** The program under test. */
export const binary = process.env.CAUSEWAY_BINARY ?? resolve(import.meta.dirname, '../../target/release/causeway');
const root = resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 90_000;

export interface Portal {
  /** The portal, `http://localhost:…`, without a slash at the end. */
  url: string;
  /** The sandbox's OpenID provider; of no use when the portal was started with `serve`. */
  oidc: string;
  /** The sandbox's Bitbucket; likewise. */
  bitbucket: string;
  port: number;
  dataDir: string;
  /** Where the sandbox keeps its world; of no use when the portal was started with `serve`. */
  sandboxDir: string;
  logFile: string;
  /** The end of what the process has written, for messages. */
  log(lines?: number): Promise<string>;
  /** Ends the process as an operator does, or with SIGKILL, and waits until it has. The data stay. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same ports and data, after `stop`. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

export interface PortalOptions {
  /** Tells workers apart, so that they look for ports in different places. */
  worker: number;
  /** `demo` by default; `serve` with a configuration file of one's own through `args`. */
  command?: 'demo' | 'serve';
  args?: string[];
  /** Configuration, as CAUSEWAY_SECTION__KEY. */
  env?: Record<string, string>;
  /** Where the ports must be known before the start: a configuration that names them. */
  port?: number;
}

export async function startPortal(options: PortalOptions): Promise<Portal> {
  const port = options.port ?? (await freeTriple(options.worker));
  const dataDir = await mkdtemp(join(tmpdir(), 'causeway-e2e-'));
  const logFile = join(dataDir, 'process.log');
  const command = options.command ?? 'demo';
  const args = command === 'demo' ? ['demo', '--port', String(port), '--data', dataDir] : ['serve'];
  let child: ChildProcess | undefined;
  let ended: Promise<string> | undefined;

  const portal: Portal = {
    url: `http://localhost:${port}`,
    oidc: `http://localhost:${port + 1}`,
    bitbucket: `http://localhost:${port + 2}`,
    port,
    dataDir,
    sandboxDir: join(dataDir, 'sandbox'),
    logFile,
    log: async (lines = 40) => {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.trimEnd().split('\n').slice(-lines).join('\n');
    },
    start: async () => {
      const log = createWriteStream(logFile, { flags: 'a' });
      // From the repository's top, as people start it: the site is found beside the binary.
      child = spawn(binary, [...args, ...(options.args ?? [])], {
        cwd: root,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      const running = child;
      ended = new Promise((resolve) => {
        running.once('error', (error) => resolve(`could not be started: ${error.message}`));
        running.once('exit', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
      });
      await ready(portal, ended);
    },
    stop: async (signal = 'SIGTERM') => {
      if (!child || !ended) return;
      child.kill(signal);
      const patience = setTimeout(() => child?.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(patience);
      child = undefined;
      ended = undefined;
    },
    remove: async () => {
      await portal.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await portal.start();
  } catch (error) {
    await portal.remove();
    throw error;
  }
  return portal;
}

async function ready(portal: Portal, ended: Promise<string>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let end: string | undefined;
  void ended.then((how) => (end = how));
  let last = 'no answer yet';
  while (Date.now() < deadline && end === undefined) {
    try {
      const answer = await fetch(`http://127.0.0.1:${portal.port}/readyz`, { signal: AbortSignal.timeout(5_000) });
      if (answer.ok) return;
      last = `/readyz answers ${answer.status}: ${(await answer.text()).slice(0, 500)}`;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the portal ${end ?? `was not ready in ${READY_WITHIN_MS / 1000} s (${last})`}\n${await portal.log()}`);
}
