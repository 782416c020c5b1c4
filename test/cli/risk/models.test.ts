/** The commands on models, on a real database; Temporal is a fake here that keeps what it was asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type MadeKey, makeKey } from '../../../src/activities/operations/apiKeys';
import { createKey } from '../../../src/api/operations/keys';
import { ArgumentError } from '../../../src/cli/arguments';
import { modelsCommand } from '../../../src/cli/risk/models';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { FakeGateway } from '../../api/harness';
import { TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';
import { HOLDOUT } from '../../support/models';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'models-'));
const [cardFile, holdoutFile] = [join(folder, 'card.json'), join(folder, 'holdout.json')];
let gateway = new FakeGateway();
let operatorKey = '';

beforeAll(async () => {
  operatorKey = await inTransaction(database.pool, async (client) => {
    const asked = { tenantId: TENANT, label: 'test', principal: 'staff:op', scopes: ['models:write', 'models:review'] };
    return ((await makeKey(client, createKey(), asked)) as MadeKey).key;
  });
  writeFileSync(cardFile, JSON.stringify(defaultPolicy.assessment.scorecard));
  writeFileSync(holdoutFile, JSON.stringify(HOLDOUT));
});
beforeEach(() => {
  gateway = new FakeGateway();
  gateway.outcome = { status: 'answered', answer: { status: 'accepted', stage: 'tested' } };
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]) {
  let text = '';
  const code = await modelsCommand(words, {
    settings: {
      DATABASE_URL: database.url,
      TENANT_ID: TENANT,
      BOOKS_KEY,
      OPERATOR_KEY: operatorKey,
      ACTOR_SECRET: 'the secret of the actors of the tests',
    },
    write: (written) => {
      text += written;
    },
    report: () => undefined,
    temporal: async () => gateway,
  });
  return { code, text };
}

describe('models', () => {
  test('registers a card under its own name, lists it, shows its life, and tells its workflow', async () => {
    expect(await run('list')).toEqual({ code: 0, text: 'there are none\n' });
    await expect(run('register', 'expert', '2026-09', '--file', cardFile)).rejects.toThrow(
      'calls itself expert-2026-01',
    );
    const registered = await run('register', 'expert', '2026-01', '--file', cardFile);
    expect(registered).toEqual({ code: 0, text: 'expert-2026-01 is on record\n' });
    expect(gateway.asked).toMatchObject([{ kind: 'start', input: { card: 'expert', version: '2026-01' } }]);
    expect((await run('list')).text).toContain('expert-2026-01  developed  staff:op');
    expect((await run('show', 'expert', '2026-01')).text).toContain('staff:op  registered');
    const tested = await run('test', 'expert', '2026-01', '--file', holdoutFile);
    expect(tested).toEqual({ code: 0, text: 'accepted; expert-2026-01 is tested\n' });
    expect(JSON.stringify(gateway.asked)).toContain('recordModelTest');
  });

  test('a refusal is told in words, and is exit code 1', async () => {
    gateway.outcome = { status: 'answered', answer: { status: 'refused', refusal: 'developer', stage: 'tested' } };
    const words = ['review', 'expert', '2026-01', '--decision', 'approve', '--reason', 'sound'];
    const { code, text } = await run(...words);
    expect({ code, text }).toMatchObject({ code: 1, text: expect.stringContaining('another one reviews') });
  });

  test.each([
    [['review', 'expert', '2026-01', '--decision', 'yes', '--reason', 'x'], '--decision must be approve or decline'],
    [['promote', 'expert', '2026-01'], '--reason is needed'],
    [['promote', 'Expert', '2026-01', '--reason', 'x'], 'CARD must be'],
    [['test', 'expert', '2026-01', '--file', cardFile], 'test'],
    [['show', 'nobody', '1'], 'there is no model nobody 1'],
  ])('%j is wrong use', async (words, fault) => {
    const refused = await run(...words).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(ArgumentError);
    expect((refused as Error).message).toContain(fault);
    expect(gateway.asked).toEqual([]);
  });

  test('compares nothing where no challenger has scored', async () => {
    expect(await run('compare')).toEqual({ code: 0, text: 'no challenger has scored\n' });
  });
});
