/** Decisions by the real activity: what they rest on is on record, and deciding them again gives what was answered. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAssessmentActivities } from '../../../src/activities/origination/assessment';
import { createDecisionReplay } from '../../../src/activities/origination/decisionReplay';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { proveRow } from '../../../src/db/evidence/signedRows';
import { countOverrides } from '../../../src/db/origination/overrides';
import { insertPolicy } from '../../../src/db/policy/policies';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { AssessmentInput } from '../../../src/domain/risk/assessment';
import type { DecisionBody } from '../../../src/domain/risk/decisionReplay';
import { addDays } from '../../../src/domain/values/calendar';
import { endOfDateMs, SHANGHAI } from '../../../src/domain/values/clock';
import { UNVERIFIED } from '../../../src/domain/values/principals';
import { applicant, applicants } from '../../domain/applicants';
import { confirmedFor } from '../../support/costSheets';
import { OPENED_ON, stepsOn } from '../servicedAccounts';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';

const CLOCK = { realEpochMs: 0, businessEpochMs: 0, speed: 1 };
const database = useDatabase();
const policies = createPolicyReader();
let nextId = 0;

beforeAll(() =>
  inTransaction(database.owner, (client) => insertPolicy(client, { tenantId: TENANT, policy: defaultPolicy })),
);

function activities() {
  return createAssessmentActivities({ pool: database.pool, policies, startAccount: async () => undefined });
}

function replay(applicationId?: string) {
  return createDecisionReplay({ pool: database.pool, policies }).replayDecisions({ tenantId: TENANT, applicationId });
}

async function judged(facts: AssessmentInput, borrowerId = `borrower-${nextId}`) {
  nextId += 1;
  const applicationId = `decided-${nextId}`;
  const asked = { tenantId: TENANT, applicationId, borrowerId, product: 'cash-loan' as const, requestedFen: 2_000_000 };
  const outcome = await activities().assessApplication({ ...asked, facts, asOfMs: NOW_MS, clock: CLOCK });
  if ('refused' in outcome) throw new Error(outcome.refused);
  return { applicationId, borrowerId, outcome, asked: { ...asked, facts } };
}

async function bodiesOf(subjectId: string): Promise<DecisionBody[]> {
  const decisions = await readDecisions(database.pool, { tenantId: TENANT, subjectKind: 'application', subjectId });
  return decisions.map(({ body }) => body as DecisionBody);
}

describe('a decision on record', () => {
  test('names the hashes of its inputs, its card, and what would change it', async () => {
    const { applicationId } = await judged(applicant({ finances: { openOverdue: true } }));
    expect(await bodiesOf(applicationId)).toMatchObject([
      {
        outcome: 'declined',
        policyVersion: defaultPolicy.version,
        basis: {
          inputHash: expect.stringMatching(/^[0-9a-f]{64}$/),
          requestHash: expect.stringMatching(/^[0-9a-f]{64}$/),
          ours: { committedFen: 0, monthlyServiceFen: 0 },
          decider: { by: 'policy', isStopped: false },
          cardVersion: defaultPolicy.assessment.scorecard.version,
        },
        recourse: { status: 'changes', changes: [{ fact: 'openOverdue', from: true, to: false }] },
      },
    ]);
  });

  test('is answered again as it was: by the rules, by persons with and without proof, by the deadline', async () => {
    const missing = applicant({ finances: { monthlyIncomeFen: undefined } });
    const word = { decidedBy: 'officer-7', reason: 'seen payslips' };
    const decided = [
      { decision: 'approve' as const, ...word, proved: { finances: { monthlyIncomeFen: 900_000 } } },
      { decision: 'approve' as const, ...word },
      { decision: 'decline' as const, ...word },
      undefined,
    ];
    for (const decision of decided) {
      const { applicationId } = await judged(missing);
      await activities().concludeReferral({ tenantId: TENANT, applicationId, asOfMs: NOW_MS + 1000, decision });
      expect(await replay(applicationId)).toEqual({ decisions: 2, differing: [] });
    }
    const random = fc.sample(applicants, { numRuns: 40, seed: 17 });
    for (const facts of random) await judged(facts);
    const all = await replay();
    expect(all.differing).toEqual([]);
    expect(all.decisions).toBeGreaterThanOrEqual(random.length + 2 * decided.length);
  });

  test('by a person is counted beside what the rules say of the same figures', async () => {
    const word = { decidedBy: 'officer-9', reason: 'spoke with the employer' };
    const missing = applicant({ finances: { monthlyIncomeFen: undefined } });
    const proved = { finances: { monthlyIncomeFen: 1_500_000 } };
    const decided = [
      { decision: 'approve' as const, ...word, proved },
      { decision: 'approve' as const, ...word },
      { decision: 'decline' as const, ...word, proved },
      { decision: 'decline' as const, ...word },
    ];
    // Nobody signed, so all of them are of nobody in particular.
    const counted = async () => {
      const counts = await countOverrides(database.pool, { tenantId: TENANT });
      expect(counts.every(({ decidedBy }) => decidedBy === UNVERIFIED)).toBe(true);
      return Object.fromEntries(counts.map(({ side, decisions }) => [side, decisions]));
    };
    const { agrees = 0, 'high-side': high = 0, 'low-side': low = 0 } = await counted();
    for (const decision of decided) {
      const { applicationId } = await judged(missing);
      await activities().concludeReferral({ tenantId: TENANT, applicationId, asOfMs: NOW_MS + 1000, decision });
    }
    expect(await counted()).toEqual({ agrees: agrees + 2, 'high-side': high + 1, 'low-side': low + 1 });
  });

  test('is answered again as it was: objected to, upheld, declined and late', async () => {
    const objected = async () => {
      const { applicationId } = await judged(applicant({ finances: { openOverdue: true } }));
      const objection = { key: 'o-1', objectedBy: 'borrower' as const, reason: 'paid in May' };
      const receivedAtMs = NOW_MS + 1000;
      const input = { tenantId: TENANT, applicationId, asOfMs: receivedAtMs, receivedAtMs, objection };
      const outcome = await activities().receiveObjection(input);
      // Again it is the same objection, and another one is none.
      expect(await activities().receiveObjection(input)).toEqual(outcome);
      const other = { ...input, objection: { ...objection, key: 'o-2' } };
      expect(await activities().receiveObjection(other)).toEqual({ reasonCodes: ['OBJECTION_NOT_OPEN'] });
      if (!('assessment' in outcome)) throw new Error('refused');
      expect(outcome.assessment).toMatchObject({ outcome: 'referred', reasonCodes: ['OBJECTION', 'OPEN_OVERDUE'] });
      return { tenantId: TENANT, applicationId, reviewByMs: outcome.decideByMs ?? 0 };
    };
    const word = { decidedBy: 'officer-7', reason: 'seen the receipt' };
    const proved = { finances: { ...applicant().finances, openOverdue: false } };
    const decided = [
      { decision: 'approve' as const, ...word, proved },
      { decision: 'approve' as const, ...word },
      { decision: 'decline' as const, ...word },
    ];
    for (const decision of decided) {
      const { reviewByMs, ...ref } = await objected();
      // Nobody decided in time, twice; told again for the first time, nothing is done again.
      for (const asOfMs of [reviewByMs, reviewByMs, reviewByMs + DAY_MS]) {
        const late = await activities().concludeReferral({ ...ref, asOfMs });
        expect(late).toMatchObject({
          assessment: { outcome: 'referred', reasonCodes: ['OBJECTION_OVERDUE', 'OBJECTION', 'OPEN_OVERDUE'] },
        });
      }
      const outcome = await activities().concludeReferral({ ...ref, asOfMs: reviewByMs + 2 * DAY_MS - 1, decision });
      expect(outcome).not.toHaveProperty('objectUntilMs');
      expect(await replay(ref.applicationId)).toEqual({ decisions: 5, differing: [] });
    }
  });

  test('that was objected to is not declined for good, and no statement makes it so or objects twice', async () => {
    const { pool } = database;
    const { applicationId } = await judged(applicant({ finances: { openOverdue: true } }));
    const set = (sql: string) =>
      pool.query(`update application set ${sql} where tenant_id = $1 and application_id = $2`, [TENANT, applicationId]);
    await expect(set(`stage = 'referred'`)).rejects.toThrow('is declined for good');
    await expect(set(`stage = 'offered', objection = '{}'`)).rejects.toThrow('only a decline that is open to it');
    await expect(set(`objection = '{}'`)).rejects.toThrow('only a decline that is open to it');
    const objection = { key: 'o-1', objectedBy: 'borrower' as const, reason: 'paid in May' };
    const at = { asOfMs: NOW_MS, receivedAtMs: NOW_MS };
    await activities().receiveObjection({ tenantId: TENANT, applicationId, ...at, objection });
    await expect(set(`objection = null`)).rejects.toThrow('made once and never changes');
    const decision = { decision: 'decline' as const, decidedBy: 'officer-7', reason: 'it is open' };
    await activities().concludeReferral({ tenantId: TENANT, applicationId, asOfMs: NOW_MS + 1, decision });
    await expect(set(`stage = 'referred'`)).rejects.toThrow('is declined for good');
    // An objection is part of what the row's signature says.
    const prove = () => inTransaction(pool, (client) => proveRow(client, 'application', [TENANT, applicationId]));
    await prove();
    await set('object_until_at_ms = 1');
    await expect(prove()).rejects.toThrow('is not as this system wrote it');
    await set('object_until_at_ms = null');
    await prove();
  });

  test('that may be objected to is no end: another run of it goes on, and after that time none does', async () => {
    const { applicationId, asked } = await judged(applicant({ finances: { openOverdue: true } }));
    const { objection } = defaultPolicy.assessment;
    const untilMs = endOfDateMs(addDays(OPENED_ON, objection?.openDays ?? 0), SHANGHAI);
    const again = (lifeId: string, asOfMs: number) =>
      activities().assessApplication({ ...asked, applicationId, lifeId, asOfMs, clock: CLOCK });
    expect(await again('life-2', untilMs - 1)).toMatchObject({ objectUntilMs: untilMs });
    expect(await again('life-2', untilMs)).toMatchObject({ objectUntilMs: untilMs });
    expect(await again('life-3', untilMs)).toMatchObject({ refused: expect.stringContaining('is declined already') });
    const late = { objection: { key: 'o', objectedBy: 'borrower' as const, reason: 'late' }, receivedAtMs: untilMs };
    const told = await activities().receiveObjection({ tenantId: TENANT, applicationId, asOfMs: untilMs, ...late });
    expect(told).toEqual({ reasonCodes: ['OBJECTION_NOT_OPEN'] });
    // What came in time is taken, however long the books were out of reach.
    const inTime = { ...late, receivedAtMs: untilMs - 1, asOfMs: untilMs + DAY_MS };
    const taken = await activities().receiveObjection({ tenantId: TENANT, applicationId, ...inTime });
    expect(taken).toMatchObject({ assessment: { outcome: 'referred' } });
  });

  test('by which a person overruled the rules is compared with what became of the credit', async () => {
    const { pool } = database;
    const counted = async () => {
      const counts = await countOverrides(pool, { tenantId: TENANT });
      const { decisions = 0, opened = 0, bad = 0 } = counts.find(({ side }) => side === 'low-side') ?? {};
      return { decisions, opened, bad };
    };
    const before = await counted();
    const { applicationId } = await judged(applicant({ finances: { openOverdue: true } }));
    const ref = { tenantId: TENANT, applicationId };
    const objection = { key: 'o-1', objectedBy: 'borrower' as const, reason: 'paid in May' };
    await activities().receiveObjection({ ...ref, asOfMs: NOW_MS, receivedAtMs: NOW_MS, objection });
    const proved = { finances: { ...applicant().finances, openOverdue: false } };
    const decision = { decision: 'approve' as const, decidedBy: 'officer-7', reason: 'receipt seen', proved };
    await activities().concludeReferral({ ...ref, asOfMs: NOW_MS + 1000, decision });
    const terms = { product: 'cash-loan', key: 'k', acceptedOn: OPENED_ON, months: 6, method: 'level' } as const;
    const acceptance = { ...terms, principalFen: 1_000_000 };
    const costSheet = await confirmedFor(pool, { ...ref, asOfMs: NOW_MS + 2000 }, acceptance);
    const asOfMs = NOW_MS + 2000;
    const opened = await activities().openAccount({ ...ref, asOfMs, acceptance: { ...acceptance, costSheet } });
    if (opened.status !== 'opened') throw new Error(opened.reasonCodes.join());
    const step = stepsOn(pool);
    const fates = { '2026-03-02': 0, '2026-04-30': 0, '2026-05-04': 1 };
    for (const [on, bad] of Object.entries(fates)) {
      await step(opened.accountId, on, ...(on === OPENED_ON ? [{ kind: 'opening' as const }] : []));
      const now = { decisions: before.decisions + 1, opened: before.opened + 1, bad: before.bad + bad };
      expect({ on, ...(await counted()) }).toEqual({ on, ...now });
    }
  });

  test('that was changed afterwards is told as different, and so are facts that are', async () => {
    const { applicationId } = await judged(applicant());
    const { owner } = database;
    const tampered = (sql: string, table: string) =>
      inTransaction(owner, async (client) => {
        await client.query(`alter table ${table} disable trigger user`);
        await client.query(sql, [TENANT, applicationId]);
        await client.query(`alter table ${table} enable trigger user`);
      });
    await tampered(
      `update decision_record set body = jsonb_set(body, '{limitFen}', '3000000') where tenant_id = $1 and subject_id = $2`,
      'decision_record',
    );
    expect((await replay(applicationId)).differing).toMatchObject([{ applicationId, what: 'answer' }]);
    await tampered(
      `update source_record set figures = jsonb_set(figures, '{finances,bureauInquiries3Months}', '0')
        where tenant_id = $1 and application_id = $2`,
      'source_record',
    );
    expect((await replay(applicationId)).differing).toMatchObject([{ what: 'answer' }, { what: 'input' }]);
    // As it was, for the replay of all.
    await tampered(
      `update decision_record set body = jsonb_set(body, '{limitFen}', '2000000') where tenant_id = $1 and subject_id = $2`,
      'decision_record',
    );
    await tampered(
      `update source_record set figures = jsonb_set(figures, '{finances,bureauInquiries3Months}', '1')
        where tenant_id = $1 and application_id = $2`,
      'source_record',
    );
    expect(await replay(applicationId)).toEqual({ decisions: 1, differing: [] });
  });

  test('from before its basis was kept is answered again as well', async () => {
    const { applicationId } = await judged(applicant());
    await inTransaction(database.owner, async (client) => {
      await client.query('alter table decision_record disable trigger user');
      await client.query(`update decision_record set body = body - 'basis' - 'recourse' where subject_id = $1`, [
        applicationId,
      ]);
      await client.query('alter table decision_record enable trigger user');
    });
    expect(await replay(applicationId)).toEqual({ decisions: 1, differing: [] });
  });
});
