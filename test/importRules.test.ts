/** The import rules of the design hold for every file of src; and the check of them refuses what each rule refuses. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describeViolation, findViolations, loadedFrom, RULES, type RuleName } from './support/importRules';
import { byContent } from './support/inOrder';

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
  'domain/values/money',
  'domain/values/calendar',
  'domain/credit/payoff',
  'contracts/names',
  'workflows/index',
  'workflows/proxies',
  'activities/index',
  'db/pool',
  'adapters/sms/port',
  'adapters/sms/providers/sink',
  'adapters/rails/port',
  'adapters/rails/httpRail',
  'api/server',
  'platform/config/config',
  'platform/logging',
  'platform/policy/lendingPolicySchema',
  'platform/provision/index',
  'dev/demo/agenda',
  'dev/demo/start',
  'dev/localSystem/system',
  'worker',
];

/** Violations of one made-up file among empty neighbours. */
function judge(path: string, source: string) {
  const sources = new Map(NEIGHBOURS.map((neighbour) => [`${neighbour}.ts`, 'export {};']));
  return findViolations(sources.set(path, source));
}

/** Each line: a file, what it says, and the rule that refuses it. */
const REFUSED: [path: string, source: string, rule: RuleName][] = [
  ['domain/credit/x.ts', `import { createHash } from 'node:crypto';`, 'domain'],
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
  ['contracts/x.ts', `import { payoff } from '../domain/credit/payoff';`, 'contracts'],
  ['contracts/x.ts', `import { proxyActivities } from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import * as workflow from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `export * from '@temporalio/workflow';`, 'contracts'],
  ['contracts/x.ts', `import { z } from 'zod';`, 'contracts'],
  ['contracts/x.ts', `import type { Pool } from '../db/pool';`, 'contracts'],
  ['platform/policy/x.ts', `import { readFileSync } from 'node:fs';`, 'platform/policy'],
  ['workflows/x.ts', `import { createActivities } from '../activities';`, 'workflows'],
  ['workflows/x.ts', `import { type A, createActivities } from '../activities';`, 'workflows'],
  ['workflows/x.ts', `import type { Pool } from '../db/pool';`, 'workflows'],
  ['workflows/x.ts', `import { send } from '../adapters/sms/port';`, 'workflows'],
  ['workflows/x.ts', `import { createApi } from '../api/server';`, 'workflows'],
  ['workflows/x.ts', `import { readConfig } from '../platform/config/config';`, 'workflows'],
  ['workflows/x.ts', `import pino from 'pino';`, 'workflows'],
  ['workflows/x.ts', 'export const now = () => Date.now();', 'workflows'],
  ['workflows/x.ts', 'setTimeout(() => undefined, 1);', 'workflows'],
  ['activities/x.ts', `import { application } from '../workflows';`, 'activities'],
  ['activities/x.ts', `import { createApi } from '../api/server';`, 'activities'],
  ['activities/x.ts', `import type { Config } from '../platform/config/config';`, 'activities'],
  ['activities/x.ts', `import { createSinkProvider } from '../adapters/sms/providers/sink';`, 'activities'],
  ['activities/x.ts', `import { createHttpRail } from '../adapters/rails/httpRail';`, 'activities'],
  ['activities/x.ts', `import { Pool } from 'pg';`, 'activities'],
  ['activities/x.ts', 'export const asOfMs = () => Date.now();', 'activities'],
  ['db/x.ts', `import { toFen } from '../domain/values/money';`, 'db'],
  ['db/x.ts', `import type { Names } from '../contracts/names';`, 'db'],
  ['db/x.ts', `import type { Client } from '@temporalio/client';`, 'db'],
  ['db/x.ts', `export const url = () => process['env'].DATABASE_URL;`, 'environment'],
  ['adapters/sms/x.ts', `import { createPool } from '../../db/pool';`, 'adapters/sms'],
  ['adapters/sms/x.ts', `import { heartbeat } from '@temporalio/activity';`, 'adapters/sms'],
  ['adapters/sms/x.ts', `import type { Fen } from '../../domain/values/money';`, 'adapters/sms'],
  ['adapters/rails/x.ts', `import { createPool } from '../../db/pool';`, 'adapters/rails'],
  ['adapters/rails/x.ts', `import type { Pool } from 'pg';`, 'adapters/rails'],
  ['adapters/rails/x.ts', `import { toFen } from '../../domain/values/money';`, 'adapters/rails'],
  ['adapters/rails/x.ts', 'export const now = () => Date.now();', 'adapters/rails'],
  ['adapters/channels/x.ts', `import { createPool } from '../../db/pool';`, 'adapters/channels'],
  ['adapters/channels/x.ts', `import { createHttpRail } from '../rails/httpRail';`, 'adapters/channels'],
  ['adapters/channels/x.ts', 'export const now = () => Date.now();', 'adapters/channels'],
  ['adapters/sources/x.ts', `import { pool } from '../../db/pool';`, 'adapters/sources'],
  ['adapters/calendars/x.ts', `import { readFileSync } from 'node:fs';`, 'adapters/calendars'],
  ['api/x.ts', `import type { cashLoan } from '../workflows';`, 'api'],
  ['api/x.ts', `const activities = require('../activities');`, 'api'],
  ['api/x.ts', `import { readConfig } from '../platform/config/config';`, 'api'],
  ['api/x.ts', `import { Worker } from '@temporalio/worker';`, 'api'],
  ['api/x.ts', `export const nowMs = () => Date.now();`, 'api'],
  ['platform/config/x.ts', `import { toFen } from '../../domain/values/money';`, 'platform/config'],
  ['platform/config/x.ts', `import type { PoolSettings } from '../../db/pool';`, 'platform/config'],
  ['platform/provision/x.ts', `import type { Config } from '../config/config';`, 'platform/provision'],
  ['platform/provision/x.ts', `export const { env } = process;`, 'environment'],
  ['platform/x.ts', `import { createApi } from '../api/server';`, 'platform'],
  ['platform/x.ts', `import { createActivities } from '../activities';`, 'platform'],
  ['platform/wiring/x.ts', `import { createApi } from '../../api/server';`, 'platform/wiring'],
  ['api/x.ts', `import type { Client } from '@temporalio/client';`, 'api'],
  ['platform/x.ts', `import { Agenda } from '../dev/demo/agenda';`, 'platform'],
  ['x.ts', `import { Agenda } from './dev/demo/agenda';`, 'entry'],
  ['x.ts', `export const demo = () => import('./dev/demo/agenda');`, 'entry'],
  ['x.ts', `export const env = () => globalThis.process.env;`, 'environment'],
  ['dev/demo/x.ts', `import { createApi } from '../../api/server';`, 'dev/demo'],
  ['dev/localSystem/x.ts', `import { Agenda } from '../demo/agenda';`, 'dev/localSystem'],
  ['dev/cardPortfolio/x.ts', `import { createApi } from '../../api/server';`, 'dev/cardPortfolio'],
  ['dev/scorecard/x.ts', `import { createPool } from '../../db/pool';`, 'dev/scorecard'],
  ['dev/proof/x.ts', `import { createPool } from '../../db/pool';`, 'dev/proof'],
  ['dev/bench/x.ts', `import { Agenda } from '../demo/agenda';`, 'dev/bench'],
  ['dev/attack/x.ts', `import { createActivities } from '../../activities';`, 'dev/attack'],
  ['cli/x.ts', `import { cashLoan } from '../workflows';`, 'cli'],
  ['cli/x.ts', `import { start } from '../dev/demo/start';`, 'cli'],
  ['cli/x.ts', `import { startSystem } from '../dev/localSystem/system';`, 'cli'],
  ['cli/x.ts', `import { env } from 'node:process';`, 'environment'],
  ['cli/x.ts', `export const tenant = () => process.env.TENANT_ID;`, 'environment'],
  ['cli/x.ts', 'export const load = (path: string) => import(path);', 'literal'],
  ['cli/x.ts', `import { Credit } from '../../test/support/credits';`, 'resolvable'],
  ['cli/x.ts', `import { gone } from './gone';`, 'resolvable'],
  ['reports/x.ts', 'export {};', 'known folder'],
  ['domain/values/calendar.ts', `import type { Fen } from './calendar';`, 'no cycles'],
];

const ALLOWED: [path: string, source: string][] = [
  ['domain/x.ts', `import { toFen } from './values/money'; export const of = (ms: number) => new Date(ms).getTime();`],
  [
    'contracts/x.ts',
    `import type { Fen } from '../domain/values/money'; import { isIsoDate } from '../domain/values/calendar';`,
  ],
  ['contracts/x.ts', `import { defineSignal } from '@temporalio/workflow';`],
  ['workflows/x.ts', `import type { Activities } from '../activities'; import { sleep } from '@temporalio/workflow';`],
  ['workflows/businessTime.ts', 'export const now = () => Date.now();'],
  ['activities/x.ts', `import type { Pool } from 'pg'; import type { SmsProvider } from '../adapters/sms/port';`],
  ['activities/x.ts', `import type { PaymentRail } from '../adapters/rails/port';`],
  [
    'adapters/rails/x.ts',
    `import { createHmac } from 'node:crypto'; import { isIsoDate } from '../../domain/values/calendar';`,
  ],
  ['db/credit/x.ts', `import { Pool } from 'pg'; import type { Fen } from '../../domain/values/money';`],
  [
    'api/x.ts',
    `import { TASK_QUEUE } from '../contracts/names'; import type { UpdateDefinition } from '@temporalio/common';`,
  ],
  ['platform/x.ts', `import { TASK_QUEUE } from '../contracts/names'; import { Client } from '@temporalio/client';`],
  ['platform/config/x.ts', 'export const read = (env = process.env) => env;'],
  ['x.ts', `require.resolve('./workflows'); process.exit(1);`],
];

describe('import rules', () => {
  it('hold for every file of src', () => {
    const sources = sourcesOfSrc();
    expect(sources.size).toBeGreaterThan(100);
    expect(findViolations(sources).map(describeViolation)).toEqual([]);
  });

  it('a worker loads nothing of the API, of the commands and of what is for development', () => {
    const loaded = loadedFrom('worker', sourcesOfSrc());
    const some = ['worker', 'platform/wiring/smsProviders', 'activities/messaging/callbackKeeping', 'db/pool'];
    expect(loaded).toEqual(expect.arrayContaining(some));
    expect(loaded.filter((path) => /^(api|cli|dev)\//.test(path))).toEqual([]);
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
      `src/domain/x.ts: import type 'pg'\n  rule: ${RULES.domain?.words}\n  do: ${RULES.domain?.remedy}`,
    );
  });

  it('are told by docs/architecture.md in the words of the table', () => {
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const rows = Object.entries(RULES).map(([area, { words }]) => {
      const folder = area === 'entry' ? 'src/*.ts' : area;
      return `| \`${folder}\` | ${words.charAt(0).toUpperCase()}${words.slice(1)} |`;
    });
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('every rule is proved by a source that it refuses', () => {
    const general: RuleName[] = ['resolvable', 'literal', 'known folder', 'no cycles', 'environment'];
    const named = [...Object.keys(RULES), ...general];
    expect(new Set(REFUSED.map(([, , rule]) => rule))).toEqual(new Set(named));
  });
});

/** What biome.json refuses while one types, by file and the lint rule that does. */
const REFUSED_BY_BIOME: Record<string, [source: string, lint: string]> = {
  'domain/credit/x.ts': [`import { createHash } from 'node:crypto';\ncreateHash('md5');`, 'noRestrictedImports'],
  'domain/credit/y.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'contracts/x.ts': [`export { z } from 'zod';`, 'noRestrictedImports'],
  'workflows/credit/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'activities/x.ts': [`import { sink } from '../adapters/sms/providers/sink';\nsink();`, 'noRestrictedImports'],
  'db/credit/x.ts': [`import { sleep } from '@temporalio/workflow';\nsleep(1);`, 'noRestrictedImports'],
  'adapters/sms/providers/x.ts': [`import { pool } from '../../../db/pool';\npool();`, 'noRestrictedImports'],
  'adapters/rails/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'adapters/channels/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'adapters/sources/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'adapters/calendars/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'api/credit/x.ts': [`import { cashLoan } from '../../workflows';\ncashLoan();`, 'noRestrictedImports'],
  'platform/config/x.ts': [`import { toFen } from '../../domain/values/money';\ntoFen();`, 'noRestrictedImports'],
  'platform/policy/x.ts': [`export { Pool } from 'pg';`, 'noRestrictedImports'],
  'platform/provision/x.ts': [`import { start } from '../../dev/demo/start';\nstart();`, 'noRestrictedImports'],
  'platform/wiring/x.ts': [`import { agenda } from '../../dev/demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'platform/x.ts': [`import { agenda } from '../dev/demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'x.ts': [`import { agenda } from './dev/demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'dev/localSystem/x.ts': [`import { agenda } from '../demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'dev/demo/x.ts': [`import { api } from '../../api/server';\napi();`, 'noRestrictedImports'],
  'dev/cardPortfolio/x.ts': [`import { api } from '../../api/server';\napi();`, 'noRestrictedImports'],
  'dev/scorecard/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'dev/proof/x.ts': [`import { pool } from '../../db/pool';\npool();`, 'noRestrictedImports'],
  'dev/bench/x.ts': [`import { agenda } from '../demo/agenda';\nagenda();`, 'noRestrictedImports'],
  'dev/attack/x.ts': [`import { cashLoan } from '../../workflows';\ncashLoan();`, 'noRestrictedImports'],
  'cli/credit/x.ts': [`import { start } from '../../dev/demo/start';\nstart();`, 'noRestrictedImports'],
  'cli/x.ts': ['export const tenant = process.env.TENANT_ID;', 'noProcessEnv'],
  'db/x.ts': [
    `export function long(say: () => void): void {\n${'  say();\n'.repeat(71)}}`,
    'noExcessiveLinesPerFunction',
  ],
};

describe('biome.json', () => {
  it('says of the imports what imports.json says: `npm run format` makes it so', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/biomeImports.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it('has an example for every row', () => {
    const rows = Object.keys(RULES).map((row) => (row === 'entry' ? '' : row));
    const shown = Object.entries(REFUSED_BY_BIOME).filter(([, [, lint]]) => lint === 'noRestrictedImports');
    const folders = shown.map(([path]) => dirname(path).replace(/^\.$/, ''));
    expect(rows.filter((row) => !folders.some((folder) => folder === row || folder.startsWith(`${row}/`)))).toEqual([]);
  });

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
      expect(found.map(([, lint, path]) => [path, lint]).sort(byContent)).toEqual(wanted.sort(byContent));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
