/** Accounts under the default policy, advanced by the real step of accounts: what the books hold, the step has booked. */
import type { Pool } from 'pg';
import { createServicingActivities } from '../../src/activities/credit/servicing';
import type { AdvanceResult, Arrival } from '../../src/contracts/activities';
import { workflowIds } from '../../src/contracts/names';
import { insertAccount } from '../../src/db/credit/accounts';
import { createActorSeals } from '../../src/db/evidence/actorSeals';
import { ensureTenant } from '../../src/db/operations/tenants';
import { insertApplication, saveDecision } from '../../src/db/origination/applications';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { insertPolicy } from '../../src/db/policy/policies';
import { createPolicyReader } from '../../src/db/policy/policyReader';
import { inTransaction } from '../../src/db/transaction';
import type { Terms } from '../../src/domain/credit/account';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { IsoDate } from '../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { ownerOf } from '../setup/environment';
import { TENANT } from './testDatabase';

export const OPENED_ON = '2026-03-02';
const LIMIT_FEN = 2_000_000;

export const CASH_LOAN: Terms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: OPENED_ON,
};
export const REVOLVING: Terms = { product: 'revolving', limitFen: LIMIT_FEN, openDate: OPENED_ON, dueDay: 10 };

/** Noon of a date in Shanghai. */
export function noonOf(date: IsoDate): number {
  return atWallTimeMs(date, '12:00', SHANGHAI);
}

export const ACTORS = createActorSeals('the secret of the actors of the tests');

/** An arrival of a loan whose message somebody has signed. */
export function sentBy<Kind extends Arrival>(principal: string, accountId: string, name: string, arrival: Kind): Kind {
  const [field, message] = Object.entries(arrival).find(([, value]) => typeof value === 'object') ?? ['', {}];
  const sent = { workflowId: workflowIds.cashLoan(TENANT, accountId), name, message };
  const messageId = 'key' in arrival ? String(arrival.key) : undefined;
  return { ...arrival, [field]: ACTORS.signed(sent, { principal, issuedAtMs: 1, messageId }) };
}

export type Step = (accountId: string, on: IsoDate, ...arrivals: Arrival[]) => Promise<AdvanceResult>;

/** The step of accounts on a pool, as the worker has it; no lane listens. */
export function stepsOn(pool: Pool): Step {
  const { advanceAccount } = createServicingActivities({
    pool,
    policies: createPolicyReader(),
    actors: ACTORS,
    lanes: 4,
    wakeLane: async () => undefined,
    wakeDebitLane: async () => undefined,
  });
  return (accountId, on, ...arrivals) => advanceAccount({ tenantId: TENANT, accountId, asOfMs: noonOf(on), arrivals });
}

/** Opens an account of the terms, with a borrower and an application of its own; its first step is not taken. */
export async function openOnTerms(pool: Pool, accountId: string, terms: Terms): Promise<void> {
  const tenantId = TENANT;
  const borrowerId = `${accountId}-borrower`;
  const applicationId = `${accountId}-application`;
  const policyVersion = defaultPolicy.version;
  const openedAtMs = noonOf(OPENED_ON);
  const offered = { limitFen: LIMIT_FEN, dailyRate: '0.0004', policyVersion };
  await inTransaction(ownerOf(pool), async (client) => {
    await ensureTenant(client, { tenantId, name: 'A lender' });
    await insertPolicy(client, { tenantId, policy: defaultPolicy });
  });
  await inTransaction(pool, async (client) => {
    await ensureBorrower(client, { tenantId, borrowerId });
    await insertApplication(client, {
      tenantId,
      applicationId,
      borrowerId,
      product: terms.product,
      requestedFen: LIMIT_FEN,
      facts: { identity: {}, finances: {}, behaviour: {} },
      receivedAtMs: openedAtMs,
    });
    await saveDecision(client, {
      tenantId,
      applicationId,
      stage: 'offered',
      assessment: { outcome: 'approved', reasonCodes: [], scorePoints: 640, scoreParts: {}, ...offered },
      offer: { product: terms.product, expiresAtMs: openedAtMs + 86_400_000, ...offered },
      atMs: openedAtMs,
    });
    await insertAccount(client, {
      tenantId,
      accountId,
      borrowerId,
      applicationId,
      terms,
      policyVersion,
      acceptanceKey: 'first',
      drawnFen: 1_000_000,
      openedAtMs,
    });
  });
}

export function payment(paymentId: string, amountFen: number, paidOn: IsoDate): Arrival {
  return { kind: 'payment', payment: { paymentId, amountFen, paidOn, intent: 'instalment' } };
}

export function purchase(purchaseId: string, amountFen: number, purchasedOn: IsoDate): Arrival {
  return { kind: 'purchase', purchase: { purchaseId, amountFen, purchasedOn } };
}
