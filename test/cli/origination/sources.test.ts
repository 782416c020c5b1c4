/** `sources` as a supplier runs it, and the contract as it is published. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxSupplier, startSandboxSupplier } from '../../../src/adapters/sources/sandboxSupplier';
import { readSourceAnswer } from '../../../src/adapters/sources/sourceAnswer';
import { SOURCE_SCHEMA } from '../../../src/adapters/sources/sourceSchema';
import { SUPPLIED_KINDS } from '../../../src/domain/origination/dataSources';
import { fits } from '../../support/jsonSchema';

const COMMAND = join(__dirname, '../../../dist/cli/origination/sources.js');
const PUBLISHED = join(__dirname, '../../../docs/schemas/data-source.schema.json');
const KEY = { keyId: 'lender-1', secret: 'an-example-secret-of-32-characters' };
const run = promisify(execFile);

let supplier: SandboxSupplier;
beforeAll(async () => {
  supplier = await startSandboxSupplier({ ...KEY, now: () => Date.now() });
});
afterAll(() => supplier.close());

function conformance(url: string) {
  const args = [COMMAND, 'conformance', '--url', url, '--kind', 'consumption', '--borrower', 'b-1'];
  return run(process.execPath, args, { env: { ...process.env, SOURCE_SECRET: KEY.secret } });
}

describe('sources', () => {
  it('conformance says of each check that it holds', async () => {
    supplier.mood = undefined;
    const { stdout } = await conformance(supplier.url);
    expect(stdout.trim().split('\n')).toHaveLength(4);
    expect(stdout).not.toMatch(/FAILED/);
  });

  it('conformance ends with 1 and says what mends it, and shows no secret', async () => {
    supplier.mood = 'unsigned';
    const failed = await conformance(supplier.url).catch((error: { code: number; stdout: string }) => error);
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAILED {2}answers a question.*sign it as/),
    });
    expect(JSON.stringify(failed.stdout)).not.toContain(KEY.secret);
  });

  it.each([
    [
      'conformance --url http://x.example --kind gossip',
      /--kind must be one of identity, financial-record, consumption/,
    ],
    ['conformance --kind identity', /--url must be an address/],
    ['sandbox --port here', /--port must be a port/],
  ])('%s is refused by its option', (line, fault) => {
    const env = { ...process.env, SOURCE_SECRET: KEY.secret };
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...line.split(' ')], { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(fault) });
  });

  it('schema prints what is published', () => {
    const { stdout } = spawnSync(process.execPath, [COMMAND, 'schema'], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(PUBLISHED, 'utf8')));
    expect(JSON.parse(stdout)).toEqual(SOURCE_SCHEMA);
  });
});

describe('the published contract', () => {
  const answer = {
    requestId: 'r',
    status: 'partial',
    figures: { behaviour: { monthsOnPlatform: 3, monthlySpendFen: 1, onTimePaymentRatio: '0.9' } },
    missing: ['behaviour.refundRatio'],
  };
  const isRead = (content: unknown) => {
    try {
      readSourceAnswer(Buffer.from(JSON.stringify(content)), { requestId: 'r', sourceKind: 'consumption' });
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    ['an answer', answer],
    ['no status', { ...answer, status: undefined }],
    ['another field', { ...answer, note: '' }],
    [
      'a ratio above 1',
      { ...answer, figures: { behaviour: { ...answer.figures.behaviour, onTimePaymentRatio: '1.1' } } },
    ],
    [
      'a ratio as a number',
      { ...answer, figures: { behaviour: { ...answer.figures.behaviour, onTimePaymentRatio: 0.9 } } },
    ],
    ['half a fen', { ...answer, figures: { behaviour: { ...answer.figures.behaviour, monthlySpendFen: 0.5 } } }],
    ['missing of another kind', { ...answer, missing: ['identity.adult'] }],
  ])('takes and refuses what we take and refuse: %s', (_name, content) => {
    expect(fits(JSON.parse(JSON.stringify(content)), SOURCE_SCHEMA)).toBe(isRead(content));
  });

  it('is kept by the sandbox, question and answer', async () => {
    supplier.mood = undefined;
    const { stdout } = await conformance(supplier.url);
    expect(stdout).not.toMatch(/FAILED/);
    for (const question of supplier.asked) expect(fits(question, SOURCE_SCHEMA)).toBe(true);
    expect(SUPPLIED_KINDS.map((kind) => `answer-${kind}`).every((name) => name in SOURCE_SCHEMA.$defs)).toBe(true);
  });
});
