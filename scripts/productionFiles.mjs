// What production runs of dist/: the worker, the API and the operators' commands, with all that they load, also later.
//
//   node scripts/productionFiles.mjs [--prune] [FOLDER]
//
// prints the entries, files and packages as JSON; with --prune it removes every other file of the folder, which is
// dist/ unless given. The image is made so: it holds no demo, no benchmark and nothing that starts a server for tests.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Commands of a checkout: the demo on servers of its own, what measures, proves or attacks, and the training of cards. */
const OF_A_CHECKOUT = ['attack', 'bench', 'proof', 'replay', 'start', 'train'];
/** The rows of the table of the commands. */
const COMMANDS = 'cli/commands.json';
/** Loaded by their path. */
const NAMED = ['workflow-bundle.js'];

const words = process.argv.slice(2).filter((word) => word !== '--prune');
const dist = resolve(words[0] ?? fileURLToPath(new URL('../dist', import.meta.url)));

const isCode = (name) => name.endsWith('.js');

function entriesOf() {
  const commands = JSON.parse(readFileSync(join(dist, COMMANDS), 'utf8'))
    .filter(({ name, module }) => module !== undefined && !OF_A_CHECKOUT.includes(name))
    .map(({ module }) => join(dist, `${module}.js`));
  return [...['worker.js', 'api.js', 'cli.js'].map((name) => join(dist, name)), ...commands];
}

/** The file that a relative import names. */
function fileOf(from, specifier) {
  const path = join(dirname(from), specifier);
  const file = [path, `${path}.js`, join(path, 'index.js')].find(
    (name) => (isCode(name) || name.endsWith('.json')) && existsSync(name),
  );
  if (file === undefined) throw new Error(`${relative(dist, from)} loads ${specifier}, which is not there`);
  return file;
}

/** `@scope/name` or `name` of what is imported from a package. */
const packageOf = (specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)[0];

/** All that the entries load, at once or later: compiled code says it with `require` or `import` and a text. */
function reachedFrom(entries) {
  const files = new Set();
  const packages = new Set();
  const left = [...entries];
  while (left.length > 0) {
    const file = left.pop();
    if (files.has(file)) continue;
    files.add(file);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)) {
      if (specifier.startsWith('.')) left.push(fileOf(file, specifier));
      else if (!specifier.startsWith('node:')) packages.add(packageOf(specifier));
    }
  }
  return { files, packages };
}

const entries = entriesOf();
const { files, packages } = reachedFrom(entries);
for (const name of NAMED) if (existsSync(join(dist, name))) files.add(join(dist, name));
if (process.argv.includes('--prune')) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path.replace(/\.map$/, ''))) rmSync(path);
  }
}
const named = (list) => [...list].map((file) => relative(dist, file).split('\\').join('/')).sort();
process.stdout.write(
  `${JSON.stringify({ entries: named(entries), files: named(files), packages: Array.from(packages, String).sort() }, null, 1)}\n`,
);
