// Prints "passed failed skipped" of a Playwright JSON report; 0 0 0 when there is none.
import { existsSync, readFileSync } from 'node:fs';

const file = process.argv[2];
const stats = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).stats : {};
const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats;
// A test that passed only at its second try is one that fails: nothing here may depend on luck.
console.log(expected, unexpected + flaky, skipped);
