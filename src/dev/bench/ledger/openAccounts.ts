/** Accounts of the ledger's measurements: opened in the books with the product's own statements, and their first step. */
import type { Pool } from 'pg';
import { createServicingActivities } from '../../../activities/credit/servicing';
import { seedTenant } from '../../../activities/operations/seedTenant';
import type { ServicingActivities } from '../../../contracts/activities';
import { insertAccount } from '../../../db/credit/accounts';
import { insertApplication, saveDecision } from '../../../db/origination/applications';
import { ensureBorrower } from '../../../db/origination/borrowers';
import { createPolicyReader } from '../../../db/policy/policyReader';
import { inTransaction } from '../../../db/transaction';
import { type CashLoanTerms, drawnBy, startOf, type Terms } from '../../../domain/credit/account';
import { defaultPolicy } from '../../../domain/policy/defaultPolicy';
import type { IsoDate } from '../../../domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../../domain/values/clock';
import { DAY_MS } from '../../../domain/values/timeUnits';

export const TENANT = 'bench-ledger';
const DAILY_RATE = '0.0004';
/** Of the loans whose payments and notices are measured. */
export const LOAN_TERMS: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_200_000,
  dailyRate: DAILY_RATE,
  months: 12,
  method: 'level',
  startDate: '2026-03-05',
};
const SOUND = { identity: {}, finances: {}, behaviour: {} };

export type Advance = ServicingActivities['advanceAccount'];

/** The tenant with the policy of a new deployment. */
export async function seedLedger(pool: Pool): Promise<void> {
  await seedTenant(pool, { tenantId: TENANT, policies: [defaultPolicy] });
}

/**
 * The step of accounts as the worker has it. One lane unless told, so that no statement depends on whose notice it is;
 * nobody listens to it, so its bell is rung once and stays so, as in a surge.
 */
export function advanceOn(pool: Pool, lanes = 1): Advance {
  return createServicingActivities({
    pool,
    policies: createPolicyReader(),
    lanes,
    wakeLane: async () => undefined,
    wakeDebitLane: async () => undefined,
  }).advanceAccount;
}

export function noonOf(date: IsoDate): number {
  return atWallTimeMs(date, '12:00', SHANGHAI);
}

/** Opens an account whose borrower and application have its id, and takes its first step. */
export async function openBenchAccount(pool: Pool, advance: Advance, accountId: string, terms: Terms): Promise<void> {
  const of = { tenantId: TENANT, accountId, applicationId: accountId, borrowerId: accountId };
  const openedAtMs = noonOf(startOf(terms));
  const amountFen = drawnBy(terms);
  const policyVersion = defaultPolicy.version;
  const offered = { limitFen: amountFen, dailyRate: DAILY_RATE, policyVersion };
  await inTransaction(pool, async (client) => {
    await ensureBorrower(client, of);
    await insertApplication(client, {
      ...of,
      product: terms.product,
      requestedFen: amountFen,
      facts: SOUND,
      receivedAtMs: openedAtMs,
    });
    await saveDecision(client, {
      ...of,
      stage: 'offered',
      assessment: { outcome: 'approved', reasonCodes: [], scorePoints: 640, scoreParts: {}, ...offered },
      offer: { product: terms.product, expiresAtMs: openedAtMs + DAY_MS, ...offered },
      atMs: openedAtMs,
    });
    await insertAccount(client, {
      ...of,
      terms,
      policyVersion,
      acceptanceKey: 'first',
      drawnFen: amountFen,
      openedAtMs,
    });
  });
  await advance({ tenantId: TENANT, accountId, asOfMs: openedAtMs, arrivals: [{ kind: 'opening' }] });
}

/** Does the work for each, at most so many of it at the same time. */
export async function forEach<Each>(
  all: readonly Each[],
  together: number,
  work: (each: Each) => Promise<void>,
): Promise<void> {
  const left = all[Symbol.iterator]();
  const chain = async () => {
    for (const each of left) await work(each);
  };
  await Promise.all(Array.from({ length: together }, chain));
}
