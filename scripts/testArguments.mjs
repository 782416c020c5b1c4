// What somebody may have mistyped behind `npm test --`: told in a sentence before anything is built.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';

/** Jest's own table of its options; it is there once packages are installed. */
function jestOptions(root) {
  const ofProject = createRequire(join(root, 'package.json'));
  const { yargsOptions } = createRequire(ofProject.resolve('jest'))('jest-cli');
  const types = new Map();
  for (const [name, { type, alias = [] }] of Object.entries(yargsOptions))
    for (const word of [name, ...[alias].flat()]) types.set(word, type);
  return types;
}

const camelCase = (word) => word.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** `--no-cache` is `--cache=false`. */
function typeOfNegation(name, types) {
  const positive = /^no([A-Z])(.*)/.exec(name);
  return positive && types.get(positive[1].toLowerCase() + positive[2]) === 'boolean' ? 'boolean' : undefined;
}

/** Parts the words as Jest's parser does: which name an option, and which are patterns of files. */
function partedWords(words, types) {
  const unknown = [];
  const patterns = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === '--') return { unknown, patterns: [...patterns, ...words.slice(at + 1)] };
    if (!word.startsWith('-')) {
      patterns.push(word);
      continue;
    }
    const [given, value] = word.replace(/^--?/, '').split(/=(.*)/s);
    const name = camelCase(given);
    const type = types.get(name) ?? types.get(given) ?? typeOfNegation(name, types);
    if (type === undefined) unknown.push(word);
    if (type === undefined || type === 'boolean' || value !== undefined) continue;
    // A list takes all that follows; a text or number takes one word.
    const most = type === 'array' ? Number.POSITIVE_INFINITY : 1;
    for (let taken = 0; taken < most && at + 1 < words.length && !words[at + 1].startsWith('-'); taken += 1) at += 1;
  }
  return { unknown, patterns };
}

function testFiles(root) {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    );
}

/** A pattern is a regular expression on the path, as Jest takes it, or the path itself from anywhere. */
function matches(pattern, root) {
  const inside = relative(root, pattern).split(sep).join('/');
  let expression;
  try {
    expression = new RegExp(pattern, 'i');
  } catch {
    return () => false;
  }
  return (file) => file === inside || expression.test(file) || expression.test(join(root, file));
}

/** The fault of the words behind `npm test --` in one sentence; undefined when there is none. */
export function faultOfTestArguments(root, words) {
  const { unknown, patterns } = partedWords(words, jestOptions(root));
  if (unknown.length > 0) return `npm test knows no option ${unknown[0]}; it takes those of Jest, such as -t NAME`;
  const files = testFiles(root);
  const lost = patterns.find((pattern) => !files.some(matches(pattern, root)));
  if (lost === undefined) return undefined;
  return `no test file matches "${lost}"; give a part of a path such as test/domain/credit/moneyProperties.test.ts`;
}
