/** That no datum enters a decision without a valid consent is the database's word, also to a writer past the program. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createAssessmentActivities } from '../../../src/activities/origination/assessment';
import { readDecisions, recordDecision } from '../../../src/db/evidence/decisions';
import { insertApplication } from '../../../src/db/origination/applications';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import { insertConsent, readConsents, withdrawConsent } from '../../../src/db/origination/consents';
import {
  admitRecords,
  insertSourceRecord,
  nextDecisionId,
  readDecisionInputs,
  readSourceRecords,
} from '../../../src/db/origination/sourceRecords';
import { insertPolicy } from '../../../src/db/policy/policies';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { SOUND, until } from '../../support/credits';
import { DAY_MS, NOW_MS, POLICY_VERSION, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const UNTIL_MS = NOW_MS + 10 * DAY_MS;
const KIND = { sourceKind: 'financial-record', purpose: 'credit-assessment' } as const;

/** An application with a consent for its financial record, and a copy of it that was seen at once. */
async function seen(client: Client, applicationId: string, { isConsented = true } = {}): Promise<boolean> {
  const borrowerId = `${applicationId}-borrower`;
  const ref = { tenantId: TENANT, applicationId, borrowerId };
  await ensureBorrower(client, ref);
  const facts = { identity: {}, finances: {}, behaviour: {} };
  await insertApplication(client, { ...ref, product: 'cash-loan', requestedFen: 1, facts, receivedAtMs: NOW_MS });
  if (isConsented) {
    await insertConsent(client, { ...ref, ...KIND, fromMs: NOW_MS, givenUntilMs: UNTIL_MS, recordedBy: 'system:test' });
  }
  return insertSourceRecord(client, {
    ...ref,
    ...KIND,
    recordId: `${applicationId}.financial-record.1`,
    supplier: 'bureau',
    seenAtMs: NOW_MS,
    status: 'complete',
    missing: [],
    figures: { finances: { openOverdue: false } },
  });
}

/** Past the program: a decision and its input, in the order in which somebody would write them. */
async function decideBySql(pool: Pool, applicationId: string, usedAtMs: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    const decisionId = await recordDecision(client, decisionOn(applicationId));
    await client.query(
      `insert into decision_input (tenant_id, decision_id, record_id, application_id, consent_id, borrower_id,
         source_kind, purpose, content_hash, used_at_ms)
       select tenant_id, $3, record_id, application_id, consent_id, borrower_id, source_kind, purpose, content_hash, $4
         from source_record where tenant_id = $1 and application_id = $2 and source_kind = 'financial-record'`,
      [TENANT, applicationId, decisionId, usedAtMs],
    );
  });
}

function decisionOn(applicationId: string) {
  return {
    tenantId: TENANT,
    subjectKind: 'application' as const,
    subjectId: applicationId,
    kind: 'approved',
    reasonCodes: [],
    policyVersion: POLICY_VERSION,
    body: {},
    decidedAtMs: NOW_MS,
    decidedBy: 'policy',
  };
}

function withdraw(applicationId: string, atMs: number) {
  const withdrawal = { tenantId: TENANT, applicationId, sourceKind: KIND.sourceKind, atMs, by: 'staff:1', reason: 'r' };
  return inTransaction(database.pool, (client) => withdrawConsent(client, withdrawal));
}

/** What of an application a decision may use, by the way that the program goes; nothing is kept of it. */
async function admitted(applicationId: string, usedAtMs: number) {
  const ref = { tenantId: TENANT, applicationId };
  return inTransaction(database.pool, async (client) => {
    const records = await readSourceRecords(client, ref);
    const decisionId = await nextDecisionId(client);
    const { records: found, refused } = await admitRecords(client, { decisionId, usedAtMs, records });
    await recordDecision(client, { ...decisionOn(applicationId), decisionId });
    const kept = await readDecisionInputs(client, { tenantId: TENANT, decisionId });
    expect(kept.map(({ recordId }) => recordId).sort()).toEqual(found.map(({ recordId }) => recordId).sort());
    return { used: found.map(({ sourceKind }) => sourceKind), refused };
  });
}

const REFUSED = { code: '23503', constraint: 'decision_input_consent' };

describe('a decision', () => {
  beforeAll(() =>
    inTransaction(database.pool, async (client) => {
      for (const id of ['valid', 'expiring', 'withdrawn', 'stands', 'other', 'race'])
        expect(await seen(client, id)).toBe(true);
    }),
  );

  // As the worker has it, and as a superuser has it.
  test.each([
    ['the worker', () => database.pool],
    ['the owner', () => database.owner],
  ])('takes what a consent lets in, by %s', async (_, pool) => {
    await decideBySql(pool(), 'valid', UNTIL_MS - 1);
  });

  test.each([
    ['the worker', () => database.pool],
    ['the owner', () => database.owner],
  ])('takes nothing before its consent or from its end on, by %s', async (_, pool) => {
    await expect(decideBySql(pool(), 'expiring', UNTIL_MS)).rejects.toMatchObject(REFUSED);
    await expect(decideBySql(pool(), 'expiring', NOW_MS - 1)).rejects.toMatchObject(REFUSED);
    expect(await admitted('expiring', UNTIL_MS)).toEqual({ used: ['application'], refused: ['financial-record'] });
  });

  test('takes nothing of a consent that was withdrawn, also as of before', async () => {
    expect(await withdraw('withdrawn', NOW_MS + DAY_MS)).toMatchObject({ status: 'withdrawn' });
    for (const pool of [database.pool, database.owner]) {
      await expect(decideBySql(pool, 'withdrawn', NOW_MS + DAY_MS)).rejects.toMatchObject(REFUSED);
      await expect(decideBySql(pool, 'withdrawn', NOW_MS)).rejects.toMatchObject(REFUSED);
    }
    expect(await admitted('withdrawn', NOW_MS)).toEqual({ used: ['application'], refused: ['financial-record'] });
  });

  test('that was made before a withdrawal stands, and no withdrawal is dated before it', async () => {
    await decideBySql(database.pool, 'stands', NOW_MS + DAY_MS);
    const early = `update consent set withdrawn_at_ms = $1, withdrawn_by = 'staff:1', withdrawn_reason = 'r',
      valid_during = int8range(lower(valid_during), $1) where consent_id = 'stands.financial-record'`;
    await expect(database.owner.query(early, [NOW_MS + DAY_MS])).rejects.toMatchObject(REFUSED);
    // The clock of the machine that withdraws may be a little behind that of the one that decided.
    const ends = { withdrawnAtMs: NOW_MS + DAY_MS - 5, untilMs: NOW_MS + DAY_MS + 1 };
    expect(await withdraw('stands', NOW_MS + DAY_MS - 5)).toMatchObject({ status: 'withdrawn', consent: ends });
    expect(await withdraw('stands', NOW_MS + 3 * DAY_MS)).toMatchObject({ status: 'was-withdrawn', consent: ends });
    expect(await admitted('stands', NOW_MS + DAY_MS)).toMatchObject({ refused: ['financial-record'] });
  });

  test('names the consent, the borrower and the kind of its record, and none of another', async () => {
    const borrowed = inTransaction(database.owner, async (client) => {
      const decisionId = await recordDecision(client, decisionOn('other'));
      await client.query(
        `insert into decision_input select tenant_id, $2, record_id, application_id, 'valid.financial-record', borrower_id,
           source_kind, purpose, content_hash, $3
           from source_record where tenant_id = $1 and record_id = 'other.financial-record.1'`,
        [TENANT, decisionId, NOW_MS],
      );
    });
    await expect(borrowed).rejects.toMatchObject({ code: '23503' });
  });

  test('an input without a decision is not kept', async () => {
    const alone = inTransaction(database.pool, async (client) => {
      const records = await readSourceRecords(client, { tenantId: TENANT, applicationId: 'valid' });
      await admitRecords(client, { decisionId: await nextDecisionId(client), usedAtMs: NOW_MS, records });
    });
    await expect(alone).rejects.toMatchObject({ code: '23503', constraint: 'decision_input_decision' });
  });

  test('and a withdrawal at once: one of both sees the other', async () => {
    const used = inTransaction(database.pool, async (client) => {
      const records = await readSourceRecords(client, { tenantId: TENANT, applicationId: 'race' });
      const decisionId = await nextDecisionId(client);
      const { refused } = await admitRecords(client, { decisionId, usedAtMs: NOW_MS, records });
      expect(refused).toEqual([]);
      const withdrawing = withdraw('race', NOW_MS + 1);
      // It waits for the decision: a look past both shows the consent as it was.
      await expectWaiting();
      await recordDecision(client, { ...decisionOn('race'), decisionId });
      return { withdrawing };
    });
    expect(await (await used).withdrawing).toMatchObject({ status: 'withdrawn' });
    expect(await admitted('race', NOW_MS)).toMatchObject({ refused: ['financial-record'] });
  });
});

/** Some statement waits for the consent's row. */
function expectWaiting(): Promise<void> {
  return until(async () => {
    const { rows } = await database.owner.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from consent%for update%'
         and datname = current_database()`,
    );
    return rows.length > 0;
  });
}

describe('a copy of what was seen', () => {
  test('is not kept without a consent', async () => {
    expect(await inTransaction(database.pool, (client) => seen(client, 'unasked', { isConsented: false }))).toBe(false);
    expect(await readSourceRecords(database.pool, { tenantId: TENANT, applicationId: 'unasked' })).toHaveLength(1);
  });

  test('is what was seen: who alters one past the program is found out before it decides', async () => {
    await inTransaction(database.pool, (client) => seen(client, 'altered'));
    await inTransaction(database.owner, async (client) => {
      await client.query('alter table source_record disable trigger append_only_row');
      await client.query(
        `update source_record set figures = '{"finances": {"openOverdue": true}}'
          where record_id = 'altered.financial-record.1'`,
      );
      await client.query('alter table source_record enable trigger append_only_row');
    });
    await expect(admitted('altered', NOW_MS)).rejects.toThrow(/not as this system wrote it/);
  });
});

describe('a consent', () => {
  beforeAll(() => inTransaction(database.pool, (client) => seen(client, 'guarded')));

  test.each([
    [`valid_during = int8range(lower(valid_during), null)`, /never made longer/],
    [`borrower_id = 'somebody'`, /never changes/],
    [`given_until_at_ms = 1`, /never changes/],
    [`withdrawn_at_ms = 1`, /withdrawn_by_someone/],
  ])('is not changed by: set %s', async (change, refusal) => {
    await expect(
      database.owner.query(`update consent set ${change} where consent_id = 'guarded.financial-record'`),
    ).rejects.toThrow(refusal);
  });

  test('of an application is given by its coming', async () => {
    const [told, given] = await readConsents(database.pool, { tenantId: TENANT, applicationId: 'guarded' });
    expect(told).toMatchObject({ sourceKind: 'application', fromMs: NOW_MS, untilMs: null });
    expect(given).toMatchObject({ sourceKind: 'financial-record', untilMs: UNTIL_MS, givenUntilMs: UNTIL_MS });
  });
});

describe('an application from before there were records', () => {
  const activities = () =>
    createAssessmentActivities({
      pool: database.pool,
      policies: createPolicyReader(),
      startAccount: async () => undefined,
    });

  test('is judged by what it told, which becomes a record with its consent then', async () => {
    const policy = { ...defaultPolicy, version: 'before', effectiveFrom: '2026-02-01' };
    await inTransaction(database.owner, (client) => insertPolicy(client, { tenantId: TENANT, policy }));
    const ref = { tenantId: TENANT, applicationId: 'before', borrowerId: 'before-borrower' };
    const asked = { ...ref, product: 'cash-loan' as const, requestedFen: 1_000_000 };
    await inTransaction(database.pool, async (client) => {
      await ensureBorrower(client, ref);
      await insertApplication(client, { ...asked, facts: SOUND, receivedAtMs: NOW_MS });
    });
    await inTransaction(database.owner, async (client) => {
      for (const [table, trigger] of [
        ['source_record', 'append_only_row'],
        ['consent', 'permanent_row'],
      ]) {
        await client.query(`alter table ${table} disable trigger ${trigger}`);
        await client.query(`delete from ${table} where application_id = 'before'`);
        await client.query(`alter table ${table} enable trigger ${trigger}`);
      }
    });
    const judged = await activities().assessApplication({ ...asked, asOfMs: NOW_MS + 1, clock: REAL_TIME });
    expect(judged).toMatchObject({ assessment: { outcome: 'approved' } });
    const [decision] = await readDecisions(database.pool, { ...ref, subjectKind: 'application', subjectId: 'before' });
    const inputs = await readDecisionInputs(database.pool, { tenantId: TENANT, decisionId: decision?.decisionId ?? 0 });
    expect(inputs).toMatchObject([{ recordId: 'before.application', consentId: 'before.application' }]);
  });
});
