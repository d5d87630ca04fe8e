// Sizes of the built site by kind, raw and at brotli's best, as JSON: node assets.mjs FOLDER
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = process.argv[2];
const sizes = { precompressed: true };
for (const kind of ['wasm', 'js', 'css']) {
  sizes[kind] = { raw: 0, brotli: 0 };
  for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(`.${kind}`))) {
    const raw = readFileSync(join(folder, name));
    const ready = join(folder, `${name}.br`);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length };
    sizes.precompressed &&= existsSync(ready);
    sizes[kind].raw += raw.length;
    sizes[kind].brotli += existsSync(ready) ? readFileSync(ready).length : brotliCompressSync(raw, { params }).length;
  }
}
process.stdout.write(JSON.stringify(sizes));
