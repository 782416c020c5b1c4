/** Suppliers of a test, and applications that come with consents to ask them. */
import { expect } from '@jest/globals';
import type { DataSource, SourceAnswer } from '../../src/adapters/sources/port';
import { workflowIds } from '../../src/contracts/names';
import type { SuppliedKind } from '../../src/domain/origination/dataSources';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../src/domain/policy/lendingPolicy';
import { parsePolicy } from '../../src/platform/policy/lendingPolicySchema';
import type { TestApi } from './api';
import { SOUND } from './credits';
import { type Deployment, TENANT } from './deployment';

export const ALL_KINDS = ['identity', 'financial-record', 'consumption'] as const;

/** Asks all three, after 5, 60 and then every 360 minutes, for 120 hours; a person has seven days. */
export const SOURCES_POLICY: LendingPolicy = parsePolicy({
  ...defaultPolicy,
  assessment: {
    ...defaultPolicy.assessment,
    referralDays: 7,
    sources: {
      required: ALL_KINDS.map((kind) => ({ kind, freshDays: 30 })),
      retryAfterMinutes: [5, 60, 360],
      deadlineHours: 120,
    },
  },
});

export const WHOLE: Record<SuppliedKind, SourceAnswer> = {
  identity: { status: 'complete', figures: { identity: SOUND.identity }, missing: [] },
  'financial-record': { status: 'complete', figures: { finances: SOUND.finances }, missing: [] },
  consumption: { status: 'complete', figures: { behaviour: SOUND.behaviour }, missing: [] },
};
export const DOWN: SourceAnswer = { status: 'unavailable', detail: 'HTTP status 503 of the supplier' };
export const WITHOUT_INCOME: SourceAnswer = {
  status: 'partial',
  figures: { finances: { ...SOUND.finances, monthlyIncomeFen: undefined } },
  missing: ['finances.monthlyIncomeFen'],
};

/** Suppliers whose answers a test says and may change; what was asked of each is kept. */
export class Suppliers {
  readonly answers = { ...WHOLE };
  readonly asked: Record<SuppliedKind, string[]> = { identity: [], 'financial-record': [], consumption: [] };
  /** Before an answer is given. */
  meanwhile: (kind: SuppliedKind) => Promise<void> = async () => undefined;

  get sources(): Record<SuppliedKind, DataSource> {
    const of = (kind: SuppliedKind): DataSource => ({
      supplier: `test-${kind}`,
      ask: async (question) => {
        this.asked[kind].push(question.requestId);
        await this.meanwhile(kind);
        return this.answers[kind];
      },
    });
    return { identity: of('identity'), 'financial-record': of('financial-record'), consumption: of('consumption') };
  }
}

const APPLICATION = {
  product: 'cash-loan',
  requestedFen: 1_000_000,
  borrower: { borrowerId: 'b-1', name: '样例', idNumber: '000000199003071236', phone: '19900000001' },
  consents: ALL_KINDS.map((sourceKind) => ({ sourceKind })),
};

/** Applies over HTTP, with a consent for each kind; returns the handle of the application. */
export async function applyWithConsents(
  deployment: Deployment,
  { post }: TestApi,
  applicationId: string,
  changes: object = {},
) {
  const { status, body } = await post('/v1/applications', `apply-${applicationId}`, {
    ...APPLICATION,
    applicationId,
    ...changes,
  });
  expect({ status, body }).toMatchObject({ status: 202 });
  return deployment.env.client.workflow.getHandle(workflowIds.application(TENANT, applicationId));
}
