/** An application that is judged by the real activity is on the chain, a repeat once. */
import { expect, test } from '@jest/globals';
import { createAssessmentActivities } from '../../../src/activities/origination/assessment';
import { evidenceOf } from '../../../src/db/evidence/evidenceRecords';
import { insertPolicy } from '../../../src/db/policy/policies';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';

const CLOCK = { realEpochMs: 0, businessEpochMs: 0, speed: 1 };
const database = useDatabase();

test('a judged application has one record, and a repeat adds none', async () => {
  const { pool } = database;
  await inTransaction(database.owner, (client) => insertPolicy(client, { tenantId: TENANT, policy: defaultPolicy }));
  const activities = createAssessmentActivities({
    pool,
    policies: createPolicyReader(),
    startAccount: async () => undefined,
  });
  const input = {
    tenantId: TENANT,
    applicationId: 'judged',
    borrowerId: 'somebody',
    product: 'cash-loan' as const,
    requestedFen: 1_000_000,
    facts: { identity: {}, finances: {}, behaviour: {} },
    asOfMs: NOW_MS,
    clock: CLOCK,
  };
  const first = await activities.assessApplication(input);
  await activities.assessApplication(input);
  const records = await evidenceOf(pool, { tenantId: TENANT, subjectKind: 'application', subjectId: 'judged' });
  if (!('assessment' in first)) throw new Error('it was not judged');
  const { outcome, reasonCodes, policyVersion } = first.assessment;
  expect(records.map(({ kind, body }) => [kind, body])).toEqual([
    ['credit-decision', expect.objectContaining({ outcome, reasonCodes, policyVersion, decidedBy: 'policy' })],
  ]);
});
