/** LaneWakeUps, templates, keys, requests, the clock: rows that several callers change at once. */
import { describe, expect, test } from '@jest/globals';
import {
  claimSinkReceipts,
  keepSinkMessage,
  markSinkReceiptIssued,
  readDoubleSends,
} from '../../../src/db/messaging/delivery/sink';
import { answerRing, claimWakeUp, noteNextDue } from '../../../src/db/messaging/outbox/lanes';
import { activateTemplate, insertTemplate } from '../../../src/db/messaging/templates/templates';
import { findApiKey, insertApiKey, revokeApiKey } from '../../../src/db/operations/apiKeys';
import { beginClockSegment, readClock, touchClock } from '../../../src/db/operations/clock';
import { beginRequest, completeRequest } from '../../../src/db/operations/idempotency';
import { insertPolicy, policyInForce } from '../../../src/db/policy/policies';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { activeTemplate } from '../../support/ofOne';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);

describe('a doorbell', () => {
  const HOUR_MS = 3_600_000;
  const ring = (lane: number, dueAtMs = NOW_MS + HOUR_MS, asOfMs = NOW_MS) =>
    claimWakeUp(database.pool, { tenantId: TENANT, lane, dueAtMs, asOfMs });
  const ringTogether = (lane: number) => Promise.all(Array.from({ length: 20 }, () => ring(lane)));
  const answer = (lane: number) => run((client) => answerRing(client, { tenantId: TENANT, lane }));
  const sleepUntil = (lane: number, nextDueAtMs: number | null) =>
    database.owner.query('update notice_lane set next_due_at_ms = $3 where tenant_id = $1 and lane = $2', [
      TENANT,
      lane,
      nextDueAtMs,
    ]);

  test('is rung by one of many, when it is new and after it was answered', async () => {
    expect((await ringTogether(1)).filter(Boolean)).toHaveLength(1);
    expect((await ringTogether(1)).filter(Boolean)).toHaveLength(0);
    expect(await answer(1)).toBe(true);
    expect(await answer(1)).toBe(false);
    expect((await ringTogether(1)).filter(Boolean)).toHaveLength(1);
  });

  test('is not rung for what its lane finds in time by itself, and is for what comes earlier', async () => {
    await ring(3);
    await answer(3);
    await sleepUntil(3, NOW_MS + HOUR_MS);
    expect(await ring(3, NOW_MS + HOUR_MS)).toBe(false);
    expect(await ring(3, NOW_MS + HOUR_MS - 1)).toBe(true);
  });

  test('is rung while its lane sweeps, when it knows of nothing, and when it should have looked already', async () => {
    await ring(4);
    await answer(4);
    expect(await ring(4)).toBe(true);
    await answer(4);
    expect(await noteNextDue(database.pool, { tenantId: TENANT, lane: 4 })).toBeUndefined();
    expect(await ring(4)).toBe(true);
    await answer(4);
    await sleepUntil(4, NOW_MS - 1);
    expect(await ring(4)).toBe(true);
  });

  test('that is rung holds nobody up', async () => {
    await ring(2);
    await run(async (first) => {
      expect(await claimWakeUp(first, { tenantId: TENANT, lane: 2, dueAtMs: NOW_MS, asOfMs: NOW_MS })).toBe(false);
      await run(async (second) => {
        // Waiting for the first transaction, which is still open, would fail here.
        await second.query(`set local lock_timeout = '200ms'`);
        expect(await claimWakeUp(second, { tenantId: TENANT, lane: 2, dueAtMs: NOW_MS, asOfMs: NOW_MS })).toBe(false);
      });
    });
  });
});

describe('templates', () => {
  const wording = { tenantId: TENANT, kind: 'due-today', version: 1, body: 'one', signature: 's' } as const;

  test('one of a kind is active, and a reviewed wording stands', async () => {
    const approvedBy = 'staff-1';
    expect(await run((client) => activateTemplate(client, { ...wording, approvedBy }))).toBe('activated');
    expect(await run((client) => activateTemplate(client, { ...wording, approvedBy }))).toBe('unchanged');
    expect(await run((client) => activateTemplate(client, { ...wording, body: 'x', approvedBy }))).toBe('conflict');
    const second = { ...wording, version: 2, body: 'two' };
    expect(await run((client) => insertTemplate(client, second))).toBe('inserted');
    expect((await activeTemplate(database.pool, wording))?.version).toBe(1);
    expect(await run((client) => activateTemplate(client, { ...second, approvedBy }))).toBe('activated');
    expect(await activeTemplate(database.pool, wording)).toMatchObject({ version: 2, body: 'two', approvedBy });
    // Seeding the first again does not bring it back.
    expect(await run((client) => activateTemplate(client, { ...wording, approvedBy }))).toBe('unchanged');
    const reword = `update notice_template set body = 'three' where kind = 'due-today' and version = 2`;
    await expect(database.owner.query(reword)).rejects.toThrow(/wording and approval stand/);
    const revive = `update notice_template set status = 'active' where kind = 'due-today' and version = 1`;
    await expect(database.owner.query(revive)).rejects.toThrow(/does not become active again/);
  });
});

test('the policy in force is the latest that has begun', async () => {
  const policy = (version: string, effectiveFrom: string) => ({ version, effectiveFrom }) as unknown as LendingPolicy;
  const insert = (each: LendingPolicy) =>
    inTransaction(database.owner, (client) => insertPolicy(client, { tenantId: TENANT, policy: each }));
  expect(await insert(policy('2026-02', '2026-06-01'))).toBe('inserted');
  expect(await insert(policy('2026-02', '2026-06-01'))).toBe('repeated');
  expect(await insert(policy('2026-02', '2026-07-01'))).toBe('conflict');
  const inForce = async (date: string) => (await policyInForce(database.pool, { tenantId: TENANT, date }))?.version;
  expect(await inForce('2025-12-31')).toBeUndefined();
  expect(await inForce('2026-05-31')).toBe('2026-01');
  expect(await inForce('2026-06-01')).toBe('2026-02');
});

test('a request is done once for its key', async () => {
  const ref = { tenantId: TENANT, idempotencyKey: 'k-1' };
  const begin = (input: unknown, route = 'POST /v1/payments') =>
    run((client) => beginRequest(client, { ...ref, route, input, refusalsStandHours: 24 }));
  expect(await begin({ amountFen: 1 })).toEqual({ outcome: 'new', tries: 1 });
  expect(await begin({ amountFen: 1 })).toEqual({ outcome: 'repeat-started', tries: 1 });
  expect(await begin({ amountFen: 2 })).toEqual({ outcome: 'conflict' });
  const answer = (responseStatus: number) =>
    run((client) => completeRequest(client, { ...ref, responseStatus, responseBody: { id: responseStatus } }));
  expect(await answer(202)).toBeUndefined();
  // Who asked the same at the same time hears what stands.
  expect(await answer(500)).toEqual({ responseStatus: 202, responseBody: { id: 202 } });
  const first = { outcome: 'completed', responseStatus: 202, responseBody: { id: 202 } };
  expect(await begin({ amountFen: 1 })).toEqual(first);
  expect(await begin({ amountFen: 1 }, 'POST /v1/refunds')).toEqual({ outcome: 'conflict' });
});

test('a key opens the API until it is revoked', async () => {
  const keyHash = 'a'.repeat(64);
  const key = { tenantId: TENANT, keyId: 'k', scopes: ['accounts:read'], label: 'test' };
  expect(await run((client) => insertApiKey(client, { ...key, keyHash }))).toBe(true);
  const kept = { ...key, principal: 'system:test', expiresAtMs: null, lastUsedAtMs: null };
  expect(await findApiKey(database.pool, { keyHash })).toEqual(kept);
  expect(await run((client) => revokeApiKey(client, key))).toBe(true);
  expect(await findApiKey(database.pool, { keyHash })).toBeUndefined();
});

test('two processes that start together go by one clock, and its time never goes back', async () => {
  expect(await readClock(database.pool)).toBeUndefined();
  const clocks = await Promise.all(
    [1000, 2000].map((realEpochMs) =>
      run((client) =>
        beginClockSegment(client, { segment: 1, clock: { realEpochMs, businessEpochMs: NOW_MS, speed: 86_400 } }),
      ),
    ),
  );
  expect(clocks[0]).toEqual(clocks[1]);
  await run((client) => touchClock(client, { segment: 1, realMs: 9000 }));
  await run((client) => touchClock(client, { segment: 1, realMs: 8000 }));
  expect(await readClock(database.pool)).toMatchObject({ lastSeenRealMs: 9000, clock: { speed: 86_400 } });
});

test('the sink keeps messages, shows a double, and issues each receipt once', async () => {
  const message = { tenantId: TENANT, reference: 'n-1', phoneFingerprint: 'f', text: 't', sentAtMs: NOW_MS };
  const receipts = [1, 2].map((sequence) => ({ sequence, status: 'delivered' as const, dueAtMs: NOW_MS + sequence }));
  const messageId = await keepSinkMessage(database.pool, { ...message, receipts });
  expect(await readDoubleSends(database.pool, { tenantId: TENANT })).toEqual([]);
  const due = (asOfMs: number) => run((client) => claimSinkReceipts(client, { tenantId: TENANT, asOfMs, limit: 10 }));
  expect(await due(NOW_MS)).toEqual([]);
  expect(await due(NOW_MS + 9)).toMatchObject([{ messageId, sequence: 1 }, { sequence: 2 }]);
  await run((client) => markSinkReceiptIssued(client, { tenantId: TENANT, messageId, sequence: 1 }));
  expect(await due(NOW_MS + 9)).toMatchObject([{ messageId, sequence: 2 }]);
  await keepSinkMessage(database.pool, { ...message, receipts: [] });
  expect(await readDoubleSends(database.pool, { tenantId: TENANT })).toEqual([{ reference: 'n-1', count: 2 }]);
});
