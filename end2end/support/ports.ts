// Free ports on loopback. The demo takes three in a row: the portal, its OpenID provider, its Bitbucket.
import { createServer } from 'node:net';

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * The first of three free ports in a row. Workers look in ranges of their own, and below the range from which the
 * system hands out ports by itself, so that nobody takes one between the look and the start.
 */
export async function freeTriple(worker: number): Promise<number> {
  const range = 12_000 + (worker % 40) * 400;
  const offset = process.pid % 130;
  for (let step = 0; step < 130; step++) {
    const port = range + ((offset + step) % 130) * 3;
    if ((await Promise.all([port, port + 1, port + 2].map(isFree))).every(Boolean)) return port;
  }
  throw new Error(`no three free ports in a row from ${range} to ${range + 390}`);
}
