// Writes into biome.json what Biome can say of imports.json: which folders and packages each area may not import. With
// --check it writes nothing, and tells whether there is anything to write. Types are not told from values here: what an
// area may import as a type, Biome lets pass, and test/importRules.test.ts does not.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { $comment: _, $tables: tables, ...areas } = JSON.parse(readFileSync(new URL('imports.json', root), 'utf8'));
const file = new URL('biome.json', root);
const biome = JSON.parse(readFileSync(file, 'utf8'));

const listed = (entries = []) => entries.flatMap((entry) => (entry === '$tables' ? tables : [entry]));
const names = Object.keys(areas).filter((name) => name !== 'entry');
const isBelow = (name, folder) => name.startsWith(`${folder}/`);

/** Files of an area: its folder without the folders below it that have a row of their own. */
function includesOf(name) {
  if (name === 'entry') return ['src/*.ts'];
  return [`src/${name}/**`, ...names.filter((other) => isBelow(other, name)).map((other) => `!src/${other}/**`)];
}

/** How a file of `name` can write the way to a folder or file: a neighbour's without the folder above both. */
function waysTo(entry, name) {
  const [above] = name.split('/');
  const beside = name.includes('/') && isBelow(entry, above) ? entry.slice(above.length + 1) : undefined;
  const short = beside ? [`../${beside}`, `../${beside}/**`, `../../${beside}`, `../../${beside}/**`] : [];
  return [`**/${entry}`, `**/${entry}/**`, ...short];
}

/** Folders that it may not import, then the files of them that it may. */
function foldersRefused(name) {
  const allowed = [...listed(areas[name].values), ...listed(areas[name].types)];
  // A folder above one that is allowed would refuse that one too: what is allowed comes last, and lets it pass.
  const refused = names.filter((other) => !allowed.includes(other));
  const passed = allowed.filter((entry) => refused.some((other) => isBelow(entry, other)));
  return [
    ...refused.flatMap((other) => waysTo(other, name)),
    ...passed.flatMap((entry) => waysTo(entry, name).map((way) => `!${way}`)),
    // A neighbour may be called as a folder is.
    '!./*',
  ];
}

function packagesRefused(name) {
  const { packages = {}, builtins = false } = areas[name];
  const passed = Object.keys(packages).flatMap((each) => [`!${each}`, `!${each}/**`]);
  return ['**', '!./**', '!../**', '!.', '!..', ...(builtins ? ['!node:*', '!node:*/**'] : []), ...passed];
}

function overrideOf(name) {
  const patterns = [foldersRefused(name), packagesRefused(name)].map((group) => ({
    group,
    message: `${areas[name].words}.`,
  }));
  const noRestrictedImports = { level: 'error', options: { patterns } };
  return { includes: includesOf(name), linter: { rules: { style: { noRestrictedImports } } } };
}

const isOfImports = ({ linter }) => linter?.rules?.style?.noRestrictedImports !== undefined;
biome.overrides = [
  ...biome.overrides.filter((override) => !isOfImports(override)),
  ...Object.keys(areas).map(overrideOf),
];
const text = `${JSON.stringify(biome, null, 2)}\n`;
const isSame = JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) === JSON.stringify(biome);
if (process.argv.includes('--check')) {
  if (!isSame) {
    process.stdout.write('biome.json says other than imports.json: run `npm run format`\n');
    process.exitCode = 1;
  }
} else if (!isSame) writeFileSync(file, text);
