/** Before a measurement: a tenant of its own, and its loans opened through the real activities and workflows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { heartbeat } from '@temporalio/activity';
import { createActivities } from '../../activities';
import { seedTenant } from '../../activities/operations/seedTenant';
import { createProviderPool } from '../../adapters/sms/providerPool';
import { createSinkProvider } from '../../adapters/sms/providers/sink';
import { debitSettled } from '../../contracts/credit/account';
import { accountClient } from '../../contracts/credit/accountClient';
import { wakeLane } from '../../contracts/messaging/laneClients';
import { readAccount } from '../../db/credit/accounts';
import { createNoticeCodes } from '../../db/messaging/codes/codeDrawing';
import { createWordingSeals } from '../../db/messaging/templates/wordingSeals';
import { ensureBorrower } from '../../db/origination/borrowers';
import { saveIdentity } from '../../db/origination/identities';
import { createPolicyReader } from '../../db/policy/policyReader';
import { inTransaction } from '../../db/transaction';
import { createVault } from '../../db/vault';
import { laneOf } from '../../domain/messaging/outbox/lanes';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { byProduct } from '../../domain/policy/products';
import { atWallTimeMs, dateAt, SHANGHAI } from '../../domain/values/clock';
import { createTemporalGateway } from '../../platform/temporalGateway';
import { createInbox } from '../../platform/wiring/appInbox';
import { guardPolicyFor, recordShippedReviews } from '../../platform/wiring/noticeGuardSetup';
import { createPaymentRail } from '../../platform/wiring/paymentRail';
import { createSinkStore } from '../../platform/wiring/sinkStores';
import { SOUND_FACTS } from '../localSystem/soundFacts';
import { BarePortfolio } from './barePortfolio';
import { startCalendar } from './businessCalendar';
import { BenchLoan } from './loan';
import { type BenchPortfolioOptions, LOOK_EVERY_MS, Portfolio } from './portfolio';
import type { Servers } from './servers';

export interface Run {
  tenantId: string;
  portfolio: Portfolio;
  activities: ReturnType<typeof createActivities>;
  loans: number;
  /** Business instant of the openings. */
  startAtMs: number;
}

/** As in production by default (NOTICE_LANES). */
const LANES = 4;
const OPENED_TOGETHER = 8;
const TERM_MONTHS = 12;
const PRINCIPAL_FEN = 1_200_000;
/** The policy of a new deployment, with one reminder before a due date: the month that the goals speak of. */
const policy: LendingPolicy = {
  ...defaultPolicy,
  version: 'bench-one-reminder',
  notices: { ...defaultPolicy.notices, beforeDue: defaultPolicy.notices.beforeDue.slice(0, 1) },
};
const vault = createVault({ keyId: 'bench', key: Buffer.alloc(32, 7) });
const policies = createPolicyReader();
const seals = createWordingSeals(Buffer.alloc(32, 7));
/** No receipts come here, and months pass in seconds: what compares instants is left out, as on any fast clock. */
export const BENCH_GUARD = guardPolicyFor({ realEpochMs: 0, businessEpochMs: 0, speed: Number.MAX_SAFE_INTEGER });

export async function startRun(
  { client, pool }: Servers,
  options: Pick<BenchPortfolioOptions, 'tenantId' | 'habit' | 'months' | 'inFlight' | 'beginAtMs'> & {
    loans: number;
    isBare?: boolean;
  },
): Promise<Run> {
  const { tenantId, loans, isBare } = options;
  await seedTenant(pool, { tenantId, policies: [policy] });
  await recordShippedReviews(pool, seals, { tenantId, atMs: 0 });
  const clock = startCalendar();
  const startAtMs = atWallTimeMs(dateAt(clock.businessEpochMs, SHANGHAI), '12:00', SHANGHAI);
  const gateway = createTemporalGateway(client);
  const where = { client, gateway, pool, clock, policy, startAtMs };
  const portfolio = new (isBare ? BarePortfolio : Portfolio)({ ...where, ...options });
  const activities = createActivities({
    pool,
    vault,
    codes: createNoticeCodes(Buffer.alloc(32, 7)),
    policies,
    guard: { seals, policy: BENCH_GUARD },
    inbox: createInbox(pool, tenantId),
    providers: createProviderPool([portfolio.watch(createSinkProvider(createSinkStore(pool, vault, tenantId)))]),
    lanes: LANES,
    startAccount: (account) => accountClient(gateway, account).start(),
    wakeLane: (tenant, lane) => wakeLane(gateway, { tenantId: tenant, lane, clock, lookEveryMs: LOOK_EVERY_MS }),
    // No loan here has a mandate, so nothing is debited.
    wakeDebitLane: async () => undefined,
    rail: createPaymentRail({ paymentRail: { kind: 'sandbox' }, tenantId }, { pool, clock }),
    pause: (ms) => sleep(ms),
    tellPayment: (account, debit) => accountClient(gateway, { ...account, clock }).signal(debitSettled, debit),
    heartbeat: () => heartbeat(),
  });
  return { tenantId, portfolio, activities, loans, startAtMs };
}

/** Opens every loan, and waits until each is paid out and its borrower told so. */
export async function openLoans(servers: Servers, run: Run): Promise<void> {
  let number = 0;
  const chain = async () => {
    while (number < run.loans) await openLoan(servers, run, ++number);
  };
  await Promise.all(Array.from({ length: OPENED_TOGETHER }, chain));
  while (!run.portfolio.isOpened) await sleep(20);
}

async function openLoan({ pool }: Servers, run: Run, number: number): Promise<void> {
  const { tenantId, activities, portfolio, startAtMs } = run;
  const applicationId = `loan-${number}`;
  const borrower = { tenantId, borrowerId: `borrower-${number}` };
  const phone = `199${String(number).padStart(8, '0')}`;
  await inTransaction(pool, async (client) => {
    await ensureBorrower(client, borrower);
    const origin = { source: 'application' as const, sourceId: applicationId, recordedBy: 'bench', atMs: startAtMs };
    await saveIdentity(client, vault, { ...borrower, identity: { name: '样例', phone }, origin });
  });
  const application = { ...borrower, applicationId, product: 'cash-loan' as const, asOfMs: startAtMs };
  const { clock } = portfolio;
  const request = { ...application, requestedFen: PRINCIPAL_FEN, facts: SOUND_FACTS, clock };
  await activities.assessApplication(request);
  const acceptance = {
    product: 'cash-loan' as const,
    key: 'accept',
    acceptedOn: dateAt(startAtMs, SHANGHAI),
    principalFen: PRINCIPAL_FEN,
    months: TERM_MONTHS,
    method: 'level' as const,
  };
  const asked = { tenantId, applicationId, asOfMs: startAtMs, acceptance };
  // Without a confirmation it is refused with the sheet that must be confirmed.
  const answer = await activities.openAccount(asked);
  const hash = answer.status === 'refused' ? answer.costSheet?.hash : undefined;
  if (hash === undefined) throw new Error(`a loan has no cost sheet: ${JSON.stringify(answer)}`);
  const costSheet = { hash, confirmedBy: borrower.borrowerId, confirmedAt: new Date(startAtMs).toISOString() };
  const opened = await activities.openAccount({ ...asked, acceptance: { ...acceptance, costSheet } });
  if (opened.status !== 'opened') throw new Error(`a loan was refused: ${opened.reasonCodes.join(', ')}`);
  const account = await readAccount(pool, { tenantId, accountId: opened.accountId });
  const terms = account && byProduct(account.terms, { 'cash-loan': (ofLoan) => ofLoan, revolving: () => undefined });
  if (!terms) throw new Error(`${opened.accountId} is no cash loan`);
  const lane = laneOf(borrower.borrowerId, LANES);
  portfolio.add(new BenchLoan({ tenantId, accountId: opened.accountId }, terms, { phone, lane }));
  await activities.startAccount({ tenantId, accountId: opened.accountId, product: 'cash-loan', clock });
}
