/** The import rules of the design hold for every file of src; and the check of them refuses what each rule refuses. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describeViolation, findViolations, loadedFrom, RULES, type RuleName } from './support/importRules';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

function sourcesOfSrc(): Map<string, string> {
  const files = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => /\.[cm]?tsx?$/.test(path));
  return new Map(
    paths.sort().map((path) => [relative(SRC, path).split(sep).join('/'), readFileSync(path, 'utf8')] as const),
  );
}

/** Files that the made-up sources below import, so that a path is found and its folder is what is refused. */
const NEIGHBOURS = [
  ...['domain/money', 'domain/calendar', 'contracts/names', 'workflows/index', 'workflows/proxies', 'activities/index'],
  ...[
    'db/pool',
    'sms/port',
    'sms/providers/sink',
    'rails/port',
    'rails/httpRail',
    'api/server',
    'api/keys',
    'config/config',
    'policies/schema',
  ],
  ...['provision/index', 'demo/agenda', 'cli/start', 'worker'],
];

/** Violations of one made-up file among empty neighbours. */
function judge(path: string, source: string) {
  const sources = new Map(NEIGHBOURS.map((neighbour) => [`${neighbour}.ts`, 'export {};']));
  return findViolations(sources.set(path, source));
}

/** Each line: a file, what it says, and the rule that refuses it. */
const REFUSED: [path: string, source: string, rule: RuleName][] = [
  ['domain/x.ts', `import { createHash } from 'node:crypto';`, 'domain'],
  ['domain/x.ts', `import fs from 'fs';`, 'domain'],
  ['domain/x.ts', `import type { Duration } from '@temporalio/common';`, 'domain'],
  ['domain/x.ts', `import type { Pool } from 'pg';`, 'domain'],
  ['domain/x.ts', `import type { Names } from '../contracts/names';`, 'domain'],
  ['domain/x.ts', `export { TASK_QUEUE } from '../contracts/names';`, 'domain'],
  ['domain/x.ts', `export type T = import('../db/pool').PoolSettings;`, 'domain'],
  ['domain/x.ts', 'export const now = () => Date.now();', 'domain'],
  ['domain/x.ts', 'export const now = () => new Date();', 'domain'],
  ['domain/x.ts', 'export const now = () => new Date;', 'domain'],
  ['domain/x.ts', 'export const chance = () => Math.random();', 'domain'],
  ['domain/x.ts', 'export const chance = () => crypto.randomUUID();', 'domain'],
  ['domain/x.ts', `export const zone = () => process.env.TZ;`, 'environment'],
  ['domain/x.ts', `export const note = (text: string) => console.log(text);`, 'domain'],
  ['contracts/x.ts', `import { toFen } from '../domain/money';`, 'contracts'],
  ['contracts/x.ts', `import { proxyActivities } from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import * as workflow from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `export * from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import { z } from 'zod';`, 'contracts'],
  ['contracts/x.ts', `import type { Pool } from '../db/pool';`, 'contracts'],
  ['workflows/x.ts', `import { createActivities } from '../activities';`, 'workflows'],
  ['workflows/x.ts', `import { type A, createActivities } from '../activities';`, 'workflows'],
  ['workflows/x.ts', `import type { Pool } from '../db/pool';`, 'workflows'],
  ['workflows/x.ts', `import { send } from '../sms/port';`, 'workflows'],
  ['workflows/x.ts', `import { createApi } from '../api/server';`, 'workflows'],
  ['workflows/x.ts', `import { readConfig } from '../config/config';`, 'workflows'],
  ['workflows/x.ts', `import pino from 'pino';`, 'workflows'],
  ['workflows/x.ts', 'export const now = () => Date.now();', 'workflows'],
  ['workflows/x.ts', 'setTimeout(() => undefined, 1);', 'workflows'],
  ['activities/x.ts', `import { application } from '../workflows';`, 'activities'],
  ['activities/x.ts', `import { createApi } from '../api/server';`, 'activities'],
  ['activities/x.ts', `import type { Config } from '../config/config';`, 'activities'],
  ['activities/x.ts', `import { createSinkProvider } from '../sms/providers/sink';`, 'activities'],
  ['activities/x.ts', `import { Pool } from 'pg';`, 'activities'],
  ['activities/x.ts', 'export const asOfMs = () => Date.now();', 'activities'],
  ['db/x.ts', `import { toFen } from '../domain/money';`, 'db'],
  ['db/x.ts', `import type { Names } from '../contracts/names';`, 'db'],
  ['db/x.ts', `import type { Client } from '@temporalio/client';`, 'db'],
  ['db/x.ts', `export const url = () => process['env'].DATABASE_URL;`, 'environment'],
  ['sms/x.ts', `import { createPool } from '../db/pool';`, 'sms'],
  ['sms/x.ts', `import { heartbeat } from '@temporalio/activity';`, 'sms'],
  ['sms/x.ts', `import type { Fen } from '../domain/money';`, 'sms'],
  ['rails/x.ts', `import { createPool } from '../db/pool';`, 'rails'],
  ['rails/x.ts', `import type { Pool } from 'pg';`, 'rails'],
  ['rails/x.ts', `import { toFen } from '../domain/money';`, 'rails'],
  ['rails/x.ts', 'export const now = () => Date.now();', 'rails'],
  ['activities/x.ts', `import { createHttpRail } from '../rails/httpRail';`, 'activities'],
  ['api/x.ts', `import type { Client } from '@temporalio/client';`, 'api'],
  ['platform/x.ts', `import { createPool } from '../db/pool';`, 'platform'],
  ['platform/x.ts', `import { createApi } from '../api/server';`, 'platform'],
  ['platform/x.ts', `import { createActivities } from '../activities';`, 'platform'],
  ['channels/x.ts', `import { createPool } from '../db/pool';`, 'channels'],
  ['channels/x.ts', `import { createHttpRail } from '../rails/httpRail';`, 'channels'],
  ['channels/x.ts', 'export const now = () => Date.now();', 'channels'],
  ['api/x.ts', `import type { cashLoan } from '../workflows';`, 'api'],
  ['api/x.ts', `const activities = require('../activities');`, 'api'],
  ['api/x.ts', `import { readConfig } from '../config/config';`, 'api'],
  ['api/x.ts', `import { Worker } from '@temporalio/worker';`, 'api'],
  ['api/x.ts', `export const nowMs = () => Date.now();`, 'api'],
  ['config/x.ts', `import { toFen } from '../domain/money';`, 'config'],
  ['config/x.ts', `import type { PoolSettings } from '../db/pool';`, 'config'],
  ['policies/x.ts', `import { readFileSync } from 'node:fs';`, 'policies'],
  ['provision/x.ts', `import type { Config } from '../config/config';`, 'provision'],
  ['provision/x.ts', `export const { env } = process;`, 'environment'],
  ['demo/x.ts', `import { createPool } from '../db/pool';`, 'demo'],
  ['demo/x.ts', `import { start } from '../cli/start';`, 'demo'],
  ['x.ts', `import { Agenda } from './demo/agenda';`, 'composition'],
  ['x.ts', `export const demo = () => import('./demo/agenda');`, 'composition'],
  ['x.ts', `export const env = () => globalThis.process.env;`, 'environment'],
  ['api/main.ts', `import { start } from '../cli/start';`, 'composition'],
  ['replay/x.ts', `import { createPool } from '../db/pool';`, 'replay'],
  ['simulation/x.ts', `import { createPool } from '../db/pool';`, 'simulation'],
  ['simulation/x.ts', `const drawn = Math.random();`, 'simulation'],
  ['replay/x.ts', `import { Agenda } from '../demo/agenda';`, 'replay'],
  ['bench/x.ts', `import { createKey } from '../api/keys';`, 'bench'],
  ['bench/x.ts', `import { Agenda } from '../demo/agenda';`, 'bench'],
  ['attack/x.ts', `import { createActivities } from '../activities';`, 'attack'],
  ['attack/x.ts', `import { start } from '../cli/start';`, 'attack'],
  ['cli/x.ts', `import { cashLoan } from '../workflows';`, 'cli'],
  ['cli/x.ts', `import { createActivities } from '../activities';`, 'cli'],
  ['cli/x.ts', `import { env } from 'node:process';`, 'environment'],
  ['cli/x.ts', `export const tenant = () => process.env.TENANT_ID;`, 'environment'],
  ['cli/x.ts', 'export const load = (path: string) => import(path);', 'literal'],
  ['cli/x.ts', `import { Credit } from '../../test/support/credits';`, 'resolvable'],
  ['cli/x.ts', `import { gone } from './gone';`, 'resolvable'],
  ['reports/x.ts', 'export {};', 'known folder'],
  ['domain/calendar.ts', `import type { Fen } from './calendar';`, 'no cycles'],
];

const ALLOWED: [path: string, source: string][] = [
  ['domain/x.ts', `import { toFen } from './money'; export const of = (ms: number) => new Date(ms).getTime();`],
  ['contracts/x.ts', `import type { Fen } from '../domain/money'; import { isIsoDate } from '../domain/calendar';`],
  ['contracts/x.ts', `import { defineSignal } from '@temporalio/workflow';`],
  ['workflows/x.ts', `import type { Activities } from '../activities'; import { sleep } from '@temporalio/workflow';`],
  ['workflows/businessTime.ts', 'export const now = () => Date.now();'],
  ['activities/x.ts', `import type { Pool } from 'pg'; import type { SmsProvider } from '../sms/port';`],
  ['activities/x.ts', `import type { PaymentRail } from '../rails/port';`],
  ['rails/x.ts', `import { createHmac } from 'node:crypto'; import { isIsoDate } from '../domain/calendar';`],
  ['db/x.ts', `import { Pool } from 'pg'; import type { Fen } from '../domain/money';`],
  [
    'api/x.ts',
    `import { TASK_QUEUE } from '../contracts/names'; import type { UpdateDefinition } from '@temporalio/common';`,
  ],
  ['platform/x.ts', `import { TASK_QUEUE } from '../contracts/names'; import { Client } from '@temporalio/client';`],
  ['config/x.ts', 'export const read = (env = process.env) => env;'],
  ['x.ts', `require.resolve('./workflows'); process.exit(1);`],
];

describe('import rules', () => {
  it('hold for every file of src', () => {
    const sources = sourcesOfSrc();
    expect(sources.size).toBeGreaterThan(100);
    expect(findViolations(sources).map(describeViolation)).toEqual([]);
  });

  it('a worker loads nothing of the API, of the demo and of the commands', () => {
    const loaded = loadedFrom('worker', sourcesOfSrc());
    expect(loaded).toEqual(expect.arrayContaining(['worker', 'smsProviders', 'activities/callbackKeeping', 'db/pool']));
    expect(loaded.filter((path) => /^(api|cli|demo|attack|bench|simulation|replay)\//.test(path))).toEqual([]);
  });

  it('what a file loads is followed from file to file, and not into what is only a type', () => {
    const sources = new Map([
      ['worker.ts', `import { a } from './smsProviders'; import type { B } from './api/views';`],
      ['smsProviders.ts', `export { keep } from './api/keeping';`],
      ['api/keeping.ts', 'export const keep = 1;'],
      ['api/views.ts', 'export type B = 1;'],
    ]);
    expect(loadedFrom('worker', sources)).toEqual(['api/keeping', 'smsProviders', 'worker']);
  });

  it.each(REFUSED)('%s: %s is refused by the rule "%s"', (path, source, rule) => {
    expect(judge(path, source).map((violation) => violation.rule)).toEqual([rule]);
  });

  it.each(ALLOWED)('%s: %s is allowed', (path, source) => {
    expect(judge(path, source)).toEqual([]);
  });

  it('finds a circle of three files', () => {
    const sources = new Map([
      ['domain/a.ts', `import type { B } from './b';`],
      ['domain/b.ts', `export { c } from './c';`],
      ['domain/c.ts', `import { a } from './a';`],
    ]);
    const [violation, ...more] = findViolations(sources);
    expect(more).toEqual([]);
    expect(violation?.found).toBe('domain/a → domain/b → domain/c → domain/a');
  });

  it('says file, import, rule and what to do', () => {
    const [violation] = judge('domain/x.ts', `import type { Pool } from 'pg';`);
    if (!violation) throw new Error('it was not refused');
    expect(describeViolation(violation)).toBe(
      `src/domain/x.ts: import type 'pg'\n  rule: ${RULES.domain.words}\n  do: ${RULES.domain.remedy}`,
    );
  });

  it('every rule is proved by a source that it refuses', () => {
    const general: RuleName[] = ['resolvable', 'literal', 'known folder', 'no cycles', 'environment'];
    const named = [...(Object.keys(RULES) as RuleName[]), ...general];
    expect(new Set(REFUSED.map(([, , rule]) => rule))).toEqual(new Set(named));
  });
});

/** What biome.json refuses while one types, by file and the lint rule that does. */
const REFUSED_BY_BIOME: Record<string, [source: string, lint: string]> = {
  'domain/x.ts': [`import { createHash } from 'node:crypto';\ncreateHash('md5');`, 'noRestrictedImports'],
  'contracts/x.ts': [`export { z } from 'zod';`, 'noRestrictedImports'],
  'workflows/x.ts': [`import { pool } from '../db/pool';\npool();`, 'noRestrictedImports'],
  'activities/x.ts': [`import { sink } from '../sms/providers/sink';\nsink();`, 'noRestrictedImports'],
  'db/statements/x.ts': [`import { sleep } from '@temporalio/workflow';\nsleep(1);`, 'noRestrictedImports'],
  'sms/providers/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'rails/x.ts': [`import { pool } from '../db/pool';\npool();`, 'noRestrictedImports'],
  'api/routes/x.ts': [`import { cashLoan } from '../../workflows';\ncashLoan();`, 'noRestrictedImports'],
  'config/x.ts': [`import { toFen } from '../domain/money';\ntoFen();`, 'noRestrictedImports'],
  'provision/x.ts': [`import { start } from '../cli/start';\nstart();`, 'noRestrictedImports'],
  'x.ts': [`import { agenda } from './demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'api/main.ts': [`import { agenda } from '../demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'cli/x.ts': ['export const tenant = process.env.TENANT_ID;', 'noProcessEnv'],
  'db/x.ts': [
    `export function long(say: () => void): void {\n${'  say();\n'.repeat(71)}}`,
    'noExcessiveLinesPerFunction',
  ],
};

describe('biome.json', () => {
  it('refuses in every folder what it can say of the rules', () => {
    const folder = mkdtempSync(join(tmpdir(), 'creditloom-biome-'));
    try {
      copyFileSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
      for (const [path, [source]] of Object.entries(REFUSED_BY_BIOME)) {
        mkdirSync(dirname(join(folder, 'src', path)), { recursive: true });
        writeFileSync(join(folder, 'src', path), `${source}\n`);
      }
      const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
      const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.'];
      const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      const found = [...stdout.matchAll(/title=lint\/\w+\/(\w+),file=(?:[^,]*[\\/])?src[\\/]([^,]+),/g)];
      const wanted = Object.entries(REFUSED_BY_BIOME).map(([path, [, lint]]) => [path, lint]);
      expect(found.map(([, lint, path]) => [path, lint]).sort()).toEqual(wanted.sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
