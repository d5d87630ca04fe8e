// Every relative link and picture in the repository's own Markdown files leads to a file that exists, and every
// `#heading` in them to a heading. Addresses on the web are not asked.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.md'], { encoding: 'utf8' });
const files = tracked.split('\n').filter((file) => file && existsSync(file));

const withoutCode = (text) => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
// GitHub's and Bitbucket's way from a heading to its anchor.
const anchor = (heading) =>
  heading.replace(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1').trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
const anchors = (file) => {
  const text = readFileSync(file, 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  return new Set([...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((found) => anchor(found[1])));
};

const problems = [];
for (const file of files) {
  for (const [, target] of withoutCode(readFileSync(file, 'utf8')).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
    const [path, fragment] = target.split('#');
    const aim = path ? normalize(join(dirname(file), decodeURIComponent(path))) : file;
    if (aim.startsWith('..') || !existsSync(aim)) {
      problems.push(`${file}: ${target} does not exist`);
    } else if (fragment && aim.endsWith('.md') && statSync(aim).isFile() && !anchors(aim).has(fragment)) {
      problems.push(`${file}: ${target} names no heading`);
    }
  }
}
for (const problem of problems) console.error(problem);
console.error(`   ${files.length} documents, ${problems.length} broken links`);
process.exit(problems.length ? 1 : 0);
