/** The command on what was set aside, on a real database; Temporal is a fake here that keeps what it was asked. */

import { beforeEach, expect, test } from '@jest/globals';
import { type MadeKey, makeKey } from '../../../src/activities/operations/apiKeys';
import { createKey } from '../../../src/api/operations/keys';
import { ArgumentError } from '../../../src/cli/arguments';
import { arrivals } from '../../../src/cli/credit/arrivals';
import type { Arrival } from '../../../src/contracts/activities';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { inTransaction } from '../../../src/db/transaction';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { FakeGateway } from '../../api/harness';
import { CASH_LOAN, openOnTerms, stepsOn } from '../../db/servicedAccounts';
import { TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';

const database = useDatabase();
let gateway = new FakeGateway();
let accounts = 0;
let acting: { OPERATOR_KEY?: string } = {};
beforeEach(() => {
  gateway = new FakeGateway();
});

async function run(...words: string[]) {
  let [text, told] = ['', ''];
  const code = await arrivals(words, {
    settings: { DATABASE_URL: database.url, TENANT_ID: TENANT, BOOKS_KEY, ...acting },
    write: (written) => {
      text += written;
    },
    report: (line) => {
      told += line;
    },
    temporal: async () => gateway,
  });
  return { code, text, told };
}

/** Of an account of its own. */
async function setAside(): Promise<{ asideId: string; accountId: string }> {
  const accountId = `aside-${++accounts}`;
  await openOnTerms(database.pool, accountId, CASH_LOAN);
  const step = stepsOn(database.pool);
  const { setAside: ids } = await step(accountId, '2026-03-02', { kind: 'opening' }, {
    kind: 'payment',
    payment: { paymentId: 'unreadable' },
  } as Arrival);
  return { asideId: String(ids?.[0]), accountId };
}

/** By the principal of a key made for it. */
async function word(name: string, asideId: string, by: string) {
  const made = await inTransaction(database.pool, (client) =>
    makeKey(client, createKey(), {
      tenantId: TENANT,
      label: 'test',
      principal: `staff:${by}`,
      scopes: ['accounts:change'],
    }),
  );
  acting = { OPERATOR_KEY: (made as MadeKey).key };
  return run(name, asideId, '--reason', 'looked at');
}

test('lists what waits with its fault, and shows it as it came', async () => {
  const { asideId, accountId } = await setAside();
  const listed = await run('list');
  expect(listed.text).toContain(`${asideId}  waiting  payment payment/unreadable of ${accountId}`);
  expect((await run('show', asideId)).text).toContain('{"kind":"payment","payment":{"paymentId":"unreadable"}}');
  const [item] = JSON.parse((await run('list', '--json')).text).items.slice(-1);
  expect(item).toMatchObject({
    asideId: Number(asideId),
    state: 'waiting',
    fault: expect.stringContaining('amountFen'),
  });
});

test('two people who want the same settle it, and the account is told', async () => {
  const { asideId, accountId } = await setAside();
  expect(await word('retry', asideId, 'staff-1')).toMatchObject({
    code: 0,
    text: expect.stringContaining('second person'),
  });
  expect(await word('retry', asideId, 'STAFF-1')).toMatchObject({
    code: 1,
    text: expect.stringContaining('another one'),
  });
  expect(gateway.asked).toEqual([]);
  // Who wants something else begins anew.
  expect(await word('dismiss', asideId, 'staff-2')).toMatchObject({
    code: 0,
    text: expect.stringContaining('second person'),
  });
  expect(await word('retry', asideId, 'staff-1')).toMatchObject({
    code: 0,
    text: expect.stringContaining('second person'),
  });
  expect(await word('retry', asideId, 'staff-3')).toMatchObject({ code: 0, text: expect.stringContaining('is told') });
  expect(gateway.asked).toMatchObject([
    { kind: 'signal', name: 'takeAgain', account: { accountId }, input: { asideId: Number(asideId) } },
  ]);
  const subject = { tenantId: TENANT, subjectKind: 'account' as const, subjectId: accountId };
  expect(await readDecisions(database.pool, subject)).toMatchObject([
    { kind: 'set-aside-taken-again', decidedBy: 'staff:staff-1,staff:staff-3', reasonCodes: ['ARRIVAL_SET_ASIDE'] },
  ]);
});

test('words stand while Temporal is away, and the account is told by the same word again', async () => {
  const { asideId } = await setAside();
  await word('retry', asideId, 'staff-1');
  gateway.fault = new OutcomeUnknown('Temporal is away');
  expect((await word('retry', asideId, 'staff-2')).text).toContain('could not be told');
  gateway.fault = undefined;
  gateway.asked = [];
  expect((await word('retry', asideId, 'staff-1')).text).toContain('is told');
  expect(gateway.asked).toHaveLength(1);
});

test('what is dismissed is settled, and is listed with the settled ones alone', async () => {
  const { asideId } = await setAside();
  await word('dismiss', asideId, 'staff-1');
  await word('dismiss', asideId, 'staff-2');
  expect(await word('retry', asideId, 'staff-3')).toMatchObject({
    code: 1,
    text: expect.stringContaining('settled already'),
  });
  expect((await run('list')).text).not.toMatch(new RegExp(`^${asideId} `, 'm'));
  expect((await run('list', '--settled')).text).toContain(`${asideId}  dismissed`);
  expect(gateway.asked).toEqual([]);
});

test.each([
  [['retry', 'x', '--reason', 'b'], 'give the number'],
  [['retry', '1'], '--reason must be a text'],
  [['retry', '1', '--by', 'a', '--reason', 'b'], '--by'],
  [['dismiss', '1', '--reason', 'a\u0000'], 'control characters'],
  [['list', '1'], '1 is not known here'],
  [['forget', '1'], 'forget is no command'],
  [[], 'nothing is no command'],
])('%j is wrong use', async (words, fault) => {
  await expect(run(...words)).rejects.toThrow(ArgumentError);
  await expect(run(...words)).rejects.toThrow(fault);
});

test('a number that nothing has is refused', async () => {
  expect(await word('retry', '999999', 'staff-1')).toMatchObject({
    code: 1,
    text: expect.stringContaining('nothing was set aside'),
  });
});
