/** The sandbox on a real database: each mandate's behaviour, one move for a reference, and the truth after a restart. */
import { describe, expect, test } from '@jest/globals';
import { debitOnce } from '../../../src/adapters/rails/debitOnce';
import type { DebitRequest, PaymentRail } from '../../../src/adapters/rails/port';
import { createSandboxRail } from '../../../src/adapters/rails/sandboxRail';
import { readSandboxDebit } from '../../../src/db/debits/sandboxDebits';
import { createPaymentRail } from '../../../src/platform/wiring/paymentRail';
import { createSandboxRailStore } from '../../../src/platform/wiring/sandboxRailStore';
import { TENANT, useDatabase } from '../../db/testDatabase';

const database = useDatabase();
const DUE = '2026-02-28';

/** A rail as a process that was just started has it: nothing is kept but in the database. */
const startRail = (today = DUE): PaymentRail =>
  createSandboxRail({ store: createSandboxRailStore(database.pool, TENANT), today: () => today });

const debitOf = (mandateId: string, reference = `${mandateId}.1`, amountFen = 10_000): DebitRequest => ({
  reference,
  mandateId,
  amountFen,
  businessDate: DUE,
});
const settled = (settledOn = DUE, amountFen = 10_000) => ({
  status: 'settled',
  railId: expect.any(String),
  amountFen,
  settledOn,
});
const UNKNOWN = { status: 'unknown', detail: expect.any(String) };
const kept = (reference: string) => readSandboxDebit(database.pool, { tenantId: TENANT, reference });

/** What the sandbox says it moved under a mandate, from the table itself. */
async function movedFen(mandateId: string): Promise<number> {
  const { rows } = await database.pool.query<{ fen: string }>(
    `select coalesce(sum(amount_fen), 0) as fen from sandbox_debit
      where tenant_id = $1 and mandate_id = $2 and status = 'moved'`,
    [TENANT, mandateId],
  );
  return Number(rows[0]?.fen);
}

const once = (request: DebitRequest) => debitOnce(startRail(), request, { pause: async () => undefined });

describe('a mandate of the sandbox', () => {
  test('settles on the business date, once for a reference, and so after a restart', async () => {
    const first = await startRail().debit(debitOf('m1'));
    expect(first).toEqual(settled());
    expect(await startRail().debit(debitOf('m1'))).toEqual(first);
    expect(await startRail().inquire('m1.1')).toEqual(first);
    expect(await startRail().debit(debitOf('m1', 'm1.2'))).toEqual(settled());
    expect(await movedFen('m1')).toBe(20_000);
    expect(await kept('m1.1')).toMatchObject({ timesSent: 2 });
  });

  test('moves once when one reference comes many times at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => startRail().debit(debitOf('m2'))));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await movedFen('m2')).toBe(10_000);
    expect(await kept('m2.1')).toMatchObject({ timesSent: 8 });
  });

  test.each([
    ['nofunds', 'insufficient-funds', 'SANDBOX_INSUFFICIENT_FUNDS'],
    ['invalid', 'mandate-invalid', 'SANDBOX_MANDATE_INVALID'],
    ['closed', 'account-closed', 'SANDBOX_ACCOUNT_CLOSED'],
    ['limit', 'limit', 'SANDBOX_LIMIT'],
    ['refused', 'rail-refused', 'SANDBOX_RAIL_REFUSED'],
  ])('-%s refuses: %s', async (suffix, refusalClass, code) => {
    const refused = { status: 'refused', refusalClass, code };
    expect(await startRail().debit(debitOf(`m3-${suffix}`))).toEqual(refused);
    expect(await startRail().inquire(`m3-${suffix}.1`)).toEqual(refused);
    expect(await startRail().debit(debitOf(`m3-${suffix}`, `m3-${suffix}.2`))).toEqual(refused);
    expect(await movedFen(`m3-${suffix}`)).toBe(0);
  });

  test('-once refuses the first reference for good, and settles the later ones', async () => {
    const refused = { status: 'refused', refusalClass: 'insufficient-funds', code: 'SANDBOX_INSUFFICIENT_FUNDS' };
    expect(await startRail().debit(debitOf('m4-once'))).toEqual(refused);
    expect(await startRail().debit(debitOf('m4-once'))).toEqual(refused);
    expect(await startRail().debit(debitOf('m4-once', 'm4-once.2'))).toEqual(settled());
    expect(await startRail().debit(debitOf('m4-once'))).toEqual(refused);
    expect(await movedFen('m4-once')).toBe(10_000);
  });

  test('-once has one first reference, also when several come at once', async () => {
    const references = Array.from({ length: 6 }, (_, index) => `m5-once.${index}`);
    const outcomes = await Promise.all(references.map((reference) => startRail().debit(debitOf('m5-once', reference))));
    expect(outcomes.filter(({ status }) => status === 'refused')).toHaveLength(1);
    expect(await movedFen('m5-once')).toBe(50_000);
  });

  test('-slow is pending until the next business date, and settles on it however late one asks', async () => {
    const pending = { status: 'pending', railId: expect.any(String) };
    expect(await startRail().debit(debitOf('m6-slow'))).toEqual(pending);
    expect(await startRail().inquire('m6-slow.1')).toEqual(pending);
    expect(await startRail('2026-03-01').inquire('m6-slow.1')).toEqual(settled('2026-03-01'));
    expect(await startRail('2026-03-09').debit(debitOf('m6-slow'))).toEqual(settled('2026-03-01'));
  });

  test('-unknown moves the money and answers nothing; the inquiry finds it', async () => {
    expect(await startRail().debit(debitOf('m7-unknown'))).toEqual(UNKNOWN);
    expect(await startRail().inquire('m7-unknown.1')).toEqual(settled());
    expect(await once(debitOf('m7-unknown', 'm7-unknown.2'))).toEqual(settled());
    expect(await movedFen('m7-unknown')).toBe(20_000);
    expect(await kept('m7-unknown.2')).toMatchObject({ timesSent: 1 });
  });

  test('-silent moves the money and never says so', async () => {
    expect(await once(debitOf('m8-silent'))).toEqual(UNKNOWN);
    expect(await movedFen('m8-silent')).toBe(10_000);
    expect(await kept('m8-silent.1')).toMatchObject({ timesSent: 1 });
  });

  test('-lost does not arrive at first; debiting once sends it again after the rail said so', async () => {
    expect(await startRail().debit(debitOf('m9-lost'))).toEqual(UNKNOWN);
    expect(await startRail().inquire('m9-lost.1')).toEqual({ status: 'not-found' });
    expect(await movedFen('m9-lost')).toBe(0);
    expect(await startRail().debit(debitOf('m9-lost'))).toEqual(settled());
    expect(await once(debitOf('m9-lost', 'm9-lost.2'))).toEqual(settled());
    expect(await movedFen('m9-lost')).toBe(20_000);
    expect(await kept('m9-lost.2')).toMatchObject({ timesSent: 2 });
  });

  test('is told by the last part of its id only', async () => {
    expect(await startRail().debit(debitOf('m10-nofunds-b'))).toEqual(settled());
    expect(await startRail().debit(debitOf('nofunds'))).toEqual(settled());
    expect(await startRail().debit(debitOf('m10-constructor'))).toEqual(settled());
  });
});

describe('the sandbox', () => {
  test('does not know what was never sent, nor what another lender sent', async () => {
    expect(await startRail().inquire('never-sent')).toEqual({ status: 'not-found' });
    await startRail().debit(debitOf('m11'));
    const other = createSandboxRail({ store: createSandboxRailStore(database.pool, 'other'), today: () => DUE });
    expect(await other.inquire('m11.1')).toEqual({ status: 'not-found' });
  });

  test('moves nothing for a reference that comes with other content, and its amount stays the first', async () => {
    await startRail().debit(debitOf('m12'));
    for (const changed of [
      debitOf('m12', 'm12.1', 9_000),
      debitOf('m12-b', 'm12.1'),
      { ...debitOf('m12'), businessDate: '2026-03-01' },
    ]) {
      expect(await startRail().debit(changed)).toEqual(UNKNOWN);
    }
    expect(await startRail().inquire('m12.1')).toEqual(settled());
    expect([await movedFen('m12'), await movedFen('m12-b')]).toEqual([10_000, 0]);
    expect(await once(debitOf('m12', 'm12.1', 9_000))).toEqual({
      status: 'unknown',
      detail: 'the rail moved 10000 fen under this reference where 9000 were asked for',
    });
  });

  test('that cannot reach its table does not know, and does not throw', async () => {
    const failing = async () => {
      throw new Error('connection terminated');
    };
    const rail = createSandboxRail({ store: { take: failing, find: failing }, today: () => DUE });
    expect(await rail.debit(debitOf('m13'))).toEqual(UNKNOWN);
    expect(await rail.inquire('m13.1')).toEqual(UNKNOWN);
  });

  test('refuses a request that is wrong in itself before it keeps anything', async () => {
    await expect(startRail().debit({ ...debitOf('m14'), amountFen: 0 })).rejects.toThrow('amountFen must be');
    await expect(startRail().inquire('')).rejects.toThrow('reference must be');
    expect(await kept('m14.1')).toBeUndefined();
  });

  test('is what the settings choose, by the business date of the deployment’s clock; the other is the http rail', async () => {
    /** A clock that stands at an instant, because it has not begun to run. */
    const standing = (businessEpochMs: number) => ({ realEpochMs: Number.MAX_SAFE_INTEGER, businessEpochMs, speed: 1 });
    const sandboxAt = (instant: string) =>
      createPaymentRail(
        { paymentRail: { kind: 'sandbox' }, tenantId: TENANT },
        { pool: database.pool, clock: standing(Date.parse(instant)) },
      );
    expect(sandboxAt('2026-02-28T15:59:59Z').name).toBe('sandbox');
    expect(await sandboxAt('2026-02-28T15:59:59Z').debit(debitOf('m15-slow'))).toMatchObject({ status: 'pending' });
    expect(await sandboxAt('2026-02-28T16:00:00Z').inquire('m15-slow.1')).toEqual(settled('2026-03-01'));
    const parts = { pool: database.pool, clock: standing(0) };
    const settings = { url: 'https://rail.example', keyId: 'k', secret: 'not-a-real-secret-of-32-characters' };
    const http = createPaymentRail({ paymentRail: { kind: 'http', ...settings }, tenantId: TENANT }, parts);
    expect(http.name).toBe('http');
  });
});
