// Databases of their own on the private server that `.ci/postgres` starts; CAUSEWAY_TEST_POSTGRES carries its URL.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why a spec on Postgres cannot run here, or undefined when it can. */
export function noPostgres(): string | undefined {
  if (process.env.CAUSEWAY_TEST_POSTGRES) return undefined;
  return 'CAUSEWAY_TEST_POSTGRES is not set: run through `make test`, or export it as $(.ci/postgres $$)';
}

const psql = () => join(process.env.CAUSEWAY_POSTGRES_BIN ?? '', 'psql');

/** A new empty database: its URL for CAUSEWAY_DATABASE__URL, and the way to drop it. */
export async function newDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.CAUSEWAY_TEST_POSTGRES;
  if (!server) throw new Error(noPostgres());
  const name = `e2e_${randomBytes(6).toString('hex')}`;
  await run(psql(), ['--no-psqlrc', '--quiet', '--command', `create database ${name}`, server]);
  return {
    url: server.replace(/\/[^/?]*(\?|$)/, `/${name}$1`),
    drop: async () => {
      await run(psql(), ['--no-psqlrc', '--quiet', '--command', `drop database if exists ${name} with (force)`, server]);
    },
  };
}
