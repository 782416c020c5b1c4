/** Borrowers in a test: they apply, accept and pay through the contracts alone, as an upstream on Temporal would. */
import type { SignalDefinition } from '@temporalio/common';
import type { AccountInput, AccountState, Payment, Purchase } from '../../src/contracts/credit/account';
import {
  accountState,
  authorisePurchase,
  type PurchaseResult,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
} from '../../src/contracts/credit/account';
import { TASK_QUEUE, workflowIds } from '../../src/contracts/names';
import {
  type Acceptance,
  type ApplicationInput,
  acceptOffer,
  applicationState,
} from '../../src/contracts/origination/application';
import { readAccount } from '../../src/db/credit/accounts';
import { readBills } from '../../src/db/credit/bills';
import { readFacts } from '../../src/db/credit/facts';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { saveIdentity } from '../../src/db/origination/identities';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import type { DerivedAccount } from '../../src/domain/credit/account';
import { deriveAccount } from '../../src/domain/credit/derive';
import type { AcceptanceRequest } from '../../src/domain/origination/offerAcceptance';
import type { Product, RepaymentMethod } from '../../src/domain/policy/lendingPolicy';
import type { AssessmentInput } from '../../src/domain/risk/assessment';
import type { IsoDate } from '../../src/domain/values/calendar';
import { atWallTimeMs, dateAt, REAL_TIME, SHANGHAI } from '../../src/domain/values/clock';
import { confirmedFor } from './costSheets';
import { DAY_MS, type Deployment, TENANT } from './deployment';
import { IDENTITY, ORIGIN } from './identities';

export const SOUND: AssessmentInput = {
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyIncomeFen: 2_000_000,
    monthlyDebtServiceFen: 100_000,
    unsecuredDebtFen: 0,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 0,
  },
  behaviour: { monthsOnPlatform: 60, monthlySpendFen: 400_000, onTimePaymentRatio: '0.99', refundRatio: '0.01' },
};

/** A borrower of the test, with its application and the account under it. */
export class Credit {
  accountId = '';
  private workflowId = '';

  constructor(
    readonly deployment: Deployment,
    readonly name: string,
    readonly product: Product,
    /** Two credits of one borrower name the same one. */
    readonly borrowerId = `b-${name}`,
  ) {}

  /** Applies; returns the handle of the application. */
  async apply(facts: AssessmentInput = SOUND, requestedFen = 1_000_000) {
    const { env, pool, started } = this.deployment;
    await inTransaction(pool, async (client) => {
      const borrower = { tenantId: TENANT, borrowerId: this.borrowerId };
      const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
      await ensureBorrower(client, borrower);
      await saveIdentity(client, vault, { ...borrower, identity: IDENTITY, origin: ORIGIN });
    });
    const input: ApplicationInput = {
      tenantId: TENANT,
      applicationId: this.name,
      borrowerId: this.borrowerId,
      product: this.product,
      requestedFen,
      facts,
      clock: REAL_TIME,
    };
    const workflowId = workflowIds.application(TENANT, this.name);
    started.add(workflowId);
    return env.client.workflow.start('application', { workflowId, taskQueue: TASK_QUEUE, args: [input] });
  }

  /** Applies and takes up the offer; the account's workflow runs afterwards. */
  async open(draw: { months?: number; method?: RepaymentMethod; principalFen?: number } = {}): Promise<this> {
    const { env, started } = this.deployment;
    const handle = await this.apply();
    await until(async () => (await handle.query(applicationState)).stage === 'offered');
    const acceptedOn = await this.today();
    const acceptance: Acceptance =
      this.product === 'revolving'
        ? { product: 'revolving', key: 'accept', acceptedOn }
        : {
            product: 'cash-loan',
            key: 'accept',
            acceptedOn,
            principalFen: draw.principalFen ?? 1_000_000,
            months: draw.months ?? 3,
            method: draw.method ?? 'level',
          };
    const costSheet = await this.confirmedSheet(acceptance);
    const result = await handle.executeUpdate(acceptOffer, { args: [{ ...acceptance, costSheet }] });
    if (result.status !== 'opened') throw new Error(`refused: ${result.reasonCodes.join(', ')}`);
    this.accountId = result.accountId;
    const idOf = this.product === 'revolving' ? workflowIds.revolvingAccount : workflowIds.cashLoan;
    this.workflowId = idOf(TENANT, this.accountId);
    started.add(this.workflowId);
    await until(async () => (await this.account(await env.currentTimeMs())) !== undefined);
    return this;
  }

  /** What the borrower confirms who takes up the offer like this now. */
  async confirmedSheet(request: AcceptanceRequest) {
    const { env, pool } = this.deployment;
    const application = { tenantId: TENANT, applicationId: this.name, asOfMs: await env.currentTimeMs() };
    return confirmedFor(pool, application, request);
  }

  get handle() {
    return this.deployment.env.client.workflow.getHandle(this.workflowId);
  }

  get id(): string {
    return this.workflowId;
  }

  state(): Promise<AccountState> {
    return this.handle.query(accountState);
  }

  async today(): Promise<IsoDate> {
    return dateAt(await this.deployment.env.currentTimeMs(), SHANGHAI);
  }

  /** Skips to a wall time of a date. */
  async sleepUntil(date: IsoDate, time = '12:00'): Promise<void> {
    const { env } = this.deployment;
    const ms = atWallTimeMs(date, time, SHANGHAI) - (await env.currentTimeMs());
    if (ms > 0) await env.sleep(ms);
  }

  async sleepDays(days: number): Promise<void> {
    await this.deployment.env.sleep(days * DAY_MS);
  }

  /** Signal-with-start: an account that has ended lives again for it. */
  private async tell<Message>(signal: SignalDefinition<[Message]>, message: Message): Promise<void> {
    const input: AccountInput = { tenantId: TENANT, accountId: this.accountId, clock: REAL_TIME };
    await this.deployment.env.client.workflow.signalWithStart(
      this.product === 'revolving' ? 'revolvingAccount' : 'cashLoan',
      { workflowId: this.workflowId, taskQueue: TASK_QUEUE, args: [input], signal, signalArgs: [message] },
    );
  }

  async payAfterEnd(paymentId: string, amountFen: number): Promise<void> {
    await this.tell(paymentReceived, { paymentId, amountFen, paidOn: await this.today(), intent: 'instalment' });
    await this.untilRecorded(`payment/${paymentId}`);
  }

  /** The payment bounced, today. */
  async reverse(reversalId: string, paymentId: string): Promise<void> {
    await this.tell(paymentReversed, { reversalId, paymentId, reversedOn: await this.today() });
    await this.untilRecorded(`reversal/${reversalId}`);
  }

  async pay(paymentId: string, amountFen: number, intent: Payment['intent'] = 'instalment', paidOn?: IsoDate) {
    const payment = { paymentId, amountFen, paidOn: paidOn ?? (await this.today()), intent };
    await this.handle.signal(paymentReceived, payment);
    await this.untilRecorded(`payment/${paymentId}`);
  }

  async refund(refundId: string, amountFen: number, purchaseId?: string): Promise<void> {
    await this.handle.signal(refundReceived, { refundId, amountFen, refundedOn: await this.today(), purchaseId });
    await this.untilRecorded(`refund/${refundId}`);
  }

  /** The goods of a held purchase were received. */
  async confirm(confirmationId: string, purchaseId: string): Promise<void> {
    await this.handle.signal(purchaseConfirmed, { confirmationId, purchaseId, confirmedOn: await this.today() });
    await this.untilRecorded(`confirmation/${confirmationId}`);
  }

  async buy(purchaseId: string, amountFen: number, posting?: Purchase['posting']): Promise<PurchaseResult> {
    const purchase = { purchaseId, amountFen, purchasedOn: await this.today(), posting };
    return this.handle.executeUpdate(authorisePurchase, { args: [purchase] });
  }

  /** The account folded from its recorded facts, as of now or another instant. */
  async account(atMs?: number): Promise<DerivedAccount | undefined> {
    const { pool, policy, env } = this.deployment;
    const ref = { tenantId: TENANT, accountId: this.accountId };
    const row = await readAccount(pool, ref);
    if (row?.advancedAtMs == null) return undefined;
    const facts = await readFacts(pool, ref);
    const issued = await readBills(pool, ref);
    const asOf = dateAt(atMs ?? (await env.currentTimeMs()), SHANGHAI);
    return deriveAccount({ terms: row.terms, facts, issued }, policy, asOf);
  }

  async now(): Promise<DerivedAccount> {
    const account = await this.account();
    if (!account) throw new Error(`${this.accountId} has taken no step yet`);
    return account;
  }

  private async untilRecorded(key: string): Promise<void> {
    const ref = { tenantId: TENANT, accountId: this.accountId };
    await until(async () => (await readFacts(this.deployment.pool, ref)).some((fact) => fact.key === key));
  }
}

/** Waits, in real time, for something that a running worker brings about. */
export async function until(holds: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const giveUpAtMs = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`it did not come within ${withinMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
