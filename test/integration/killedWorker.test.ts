/**
 * The worker is killed three times in the middle of its work, and the Temporal server once, both as real processes with
 * their state on disk. Borrowers go on buying and paying meanwhile, and in doubt send everything twice. In the end
 * every account is where its facts say, every payment counts once, and no message went out twice.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  type Acceptance,
  type AccountState,
  type ApplicationInput,
  acceptOffer,
  accountState,
  applicationState,
  authorisePurchase,
  type Payment,
  paymentReceived,
  refundReceived,
  TASK_QUEUE,
  workflowIds,
} from '../../src/contracts';
import { readAccount } from '../../src/db/credit/accounts';
import { readBills } from '../../src/db/credit/bills';
import { readFacts } from '../../src/db/credit/facts';
import { listAccountIds, readMissedDeadlines } from '../../src/db/credit/runChecks';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { saveIdentity } from '../../src/db/origination/identities';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import type { DerivedAccount } from '../../src/domain/credit/account';
import { deriveAccount } from '../../src/domain/credit/derive';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { LendingPolicy, Product } from '../../src/domain/policy/lendingPolicy';
import { addDays, dayOfMonth, type IsoDate } from '../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { testEnvironment } from '../setup/environment';
import { expectSoundBooks } from '../support/books';
import { acceptAsTold } from '../support/costSheets';
import { SOUND, until } from '../support/credits';
import { IDENTITY, ORIGIN } from '../support/identities';
import { type PausableProxy, startProxy } from '../support/pausableProxy';
import { RealSystem, TENANT, VAULT_KEY } from '../support/realSystem';
import { historiesOf, replayAll } from '../support/replays';

/** 42 business hours a second: a bill and an instalment fall due while the parts die and come back. */
const SPEED = 150_000;
const STARTS_AT_MS = atWallTimeMs('2026-01-18', '09:00', SHANGHAI);
/** A lane that lost its worker rests for weeks of this clock: its messages stay good for as long. */
const POLICY: LendingPolicy = {
  ...defaultPolicy,
  version: 'patient',
  notices: { ...defaultPolicy.notices, expiresAfterDays: 30 },
};
/**
 * The longest that anything here may take. A workflow that a dead worker held is given to another after 10 s, and the
 * sweep of a lane after 30 s without a heartbeat.
 */
const WITHIN_MS = 90_000;

let system: RealSystem;
let proxy: PausableProxy;

beforeAll(async () => {
  system = await RealSystem.begin({ speed: SPEED, startAtMs: STARTS_AT_MS, policy: POLICY, inFile: true });
  proxy = await startProxy(() => system.temporal.address);
  await system.openClock();
  await startWorker();
}, WITHIN_MS);

afterAll(async () => {
  await system?.end();
  await proxy?.close();
});

/** What a borrower did, as the books must have it. */
interface Deed {
  key: string;
  valueDate: IsoDate;
  amountFen: number;
}

/** A borrower who speaks the contracts, and sends again what was not answered. */
class Borrower {
  accountId = '';
  readonly deeds: Deed[] = [];
  private readonly signals: (() => Promise<void>)[] = [];

  constructor(
    readonly name: string,
    readonly product: Product,
  ) {}

  async open(): Promise<this> {
    const { pool, client } = system;
    const borrower = { tenantId: TENANT, borrowerId: `borrower-${this.name}` };
    await inTransaction(pool, async (connection) => {
      const vault = createVault({ keyId: 'k1', key: Buffer.from(VAULT_KEY, 'hex') });
      await ensureBorrower(connection, borrower);
      await saveIdentity(connection, vault, { ...borrower, identity: IDENTITY, origin: ORIGIN });
    });
    const input: ApplicationInput = {
      ...borrower,
      applicationId: this.name,
      product: this.product,
      requestedFen: 1_000_000,
      facts: SOUND,
      clock: system.clock,
    };
    const workflowId = workflowIds.application(TENANT, this.name);
    await insist(() =>
      client.workflow.start('application', { workflowId, taskQueue: TASK_QUEUE, args: [input] }).catch((error) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }),
    );
    const handle = client.workflow.getHandle(workflowId);
    await until(async () => (await insist(() => handle.query(applicationState))).stage === 'offered', WITHIN_MS);
    const opened = await acceptAsTold((key, costSheet) => {
      const taken = { key, acceptedOn: system.today(), costSheet };
      const acceptance: Acceptance =
        this.product === 'revolving'
          ? { product: 'revolving', ...taken }
          : { product: 'cash-loan', ...taken, principalFen: 1_000_000, months: 3, method: 'level' };
      return insist(() => handle.executeUpdate(acceptOffer, { args: [acceptance], updateId: key }));
    });
    if (opened.status !== 'opened') throw new Error(`refused: ${opened.reasonCodes.join(', ')}`);
    this.accountId = opened.accountId;
    await until(async () => (await this.row())?.advancedAtMs != null, WITHIN_MS);
    return this;
  }

  get handle() {
    const idOf = this.product === 'revolving' ? workflowIds.revolvingAccount : workflowIds.cashLoan;
    return system.client.workflow.getHandle(idOf(TENANT, this.accountId));
  }

  row() {
    return readAccount(system.pool, { tenantId: TENANT, accountId: this.accountId });
  }

  /** Sent, not awaited: it is in the books some time later. */
  async pay(paymentId: string, amountFen: number, intent: Payment['intent'] = 'instalment'): Promise<void> {
    const payment = { paymentId, amountFen, paidOn: system.today(), intent };
    this.deeds.push({ key: `payment/${paymentId}`, valueDate: payment.paidOn, amountFen });
    await this.tell(() => this.handle.signal(paymentReceived, payment));
  }

  async giveBack(refundId: string, amountFen: number): Promise<void> {
    const refund = { refundId, amountFen, refundedOn: system.today() };
    this.deeds.push({ key: `refund/${refundId}`, valueDate: refund.refundedOn, amountFen });
    await this.tell(() => this.handle.signal(refundReceived, refund));
  }

  async buy(purchaseId: string, amountFen: number): Promise<void> {
    const purchase = { purchaseId, amountFen, purchasedOn: system.today() };
    const options = { args: [purchase] as [typeof purchase], updateId: purchaseId };
    const answer = await insist(() => this.handle.executeUpdate(authorisePurchase, options));
    expect(answer.status).toBe('approved');
    this.deeds.push({ key: `purchase/${purchaseId}`, valueDate: purchase.purchasedOn, amountFen });
  }

  /** Everything once more, as an upstream does that cannot know what arrived; what ended takes no more. */
  async sendAllAgain(): Promise<void> {
    if (!(await this.handle.describe()).closeTime) for (const signal of this.signals) await signal();
  }

  async isRecorded(key: string): Promise<boolean> {
    const facts = await readFacts(system.pool, { tenantId: TENANT, accountId: this.accountId });
    return facts.some((fact) => fact.key === key);
  }

  /** Folded from the facts on record, as of the business date. */
  async folded(): Promise<DerivedAccount> {
    const ref = { tenantId: TENANT, accountId: this.accountId };
    const row = await this.row();
    if (!row) throw new Error(`${this.accountId} is not open`);
    const facts = await readFacts(system.pool, ref);
    const issued = await readBills(system.pool, ref);
    return deriveAccount({ terms: row.terms, facts, issued }, POLICY, system.today());
  }

  /** Pays all that is owed; what the day's turn left open is paid by another try. */
  async payOff(name = 'payoff'): Promise<void> {
    for (let attempt = 1; (await this.folded()).payoffFen > 0; attempt++) {
      await this.pay(`${name}-${attempt}`, (await this.folded()).payoffFen, 'payoff');
      await until(() => this.isRecorded(`payment/${name}-${attempt}`), WITHIN_MS);
    }
  }

  private async tell(signal: () => Promise<void>): Promise<void> {
    this.signals.push(signal);
    await insist(signal);
  }
}

/** Asks again while the server is away. */
async function insist<Result>(ask: () => Promise<Result>): Promise<Result> {
  const giveUpAtMs = Date.now() + WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > giveUpAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function reach(date: IsoDate, time = '12:00'): Promise<void> {
  return until(async () => system.nowMs() >= atWallTimeMs(date, time, SHANGHAI), WITHIN_MS);
}

function startWorker(): Promise<void> {
  return system.startWorker({ TEMPORAL_ADDRESS: proxy.address });
}

/** Starts again as `npm start` does, and proves that business time did not go back behind what is on record. */
async function startAgain(): Promise<void> {
  const { resumedAtMs } = await system.openClock();
  const { rows } = await system.pool.query<{ latestMs: number }>(
    'select max(advanced_at_ms) as "latestMs" from credit_account',
  );
  expect(resumedAtMs).toBeGreaterThanOrEqual(rows[0]?.latestMs ?? Number.POSITIVE_INFINITY);
  await startWorker();
}

/** Locks what the worker is about to write, and strikes when it waits for that lock in the middle of its work. */
async function strikeAt(
  lock: string,
  waitingStatement: string,
  work: () => Promise<void>,
  strike: () => Promise<void>,
) {
  // As the owner: the application may lock no whole table.
  const holder = await system.owner.connect();
  try {
    await holder.query('begin');
    await holder.query(lock);
    await work();
    await until(async () => {
      const { rowCount } = await system.pool.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'creditloom-worker'
           and wait_event_type = 'Lock' and query like $1`,
        [`${waitingStatement}%`],
      );
      return rowCount !== 0;
    }, WITHIN_MS);
    await strike();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

const noticesOf = ({ accountId }: Borrower) =>
  `select from notice where account_id = '${accountId}' and status = 'planned' for update`;
const TAKING_NOTICES_BACK = 'with untrue as';

const punctual = new Borrower('punctual', 'cash-loan');
const late = new Borrower('late', 'cash-loan');
const silent = new Borrower('silent', 'cash-loan');
const shopper = new Borrower('shopper', 'revolving');
const lateShopper = new Borrower('late-shopper', 'revolving');
const prepaying = new Borrower('prepaying', 'cash-loan');
const steady = new Borrower('steady', 'cash-loan');
const everyone = [punctual, late, silent, shopper, lateShopper, prepaying, steady];

/** Lives that go on by business time, whatever dies meanwhile. */
function lives(): Promise<unknown> {
  const firstDue = async (borrower: Borrower) =>
    (await borrower.folded()).obligations[0] ?? { dueDate: '', owedFen: 0 };
  const firstBill = async (borrower: Borrower) => {
    await until(async () => (await borrower.folded()).statements.length > 0, WITHIN_MS);
    return dayOfMonth((await borrower.folded()).statements[0]?.billDate ?? '', 1);
  };
  return Promise.all([
    punctual.open().then(async () => {
      const { dueDate, owedFen } = await firstDue(punctual);
      await reach(addDays(dueDate, -2));
      await punctual.pay('instalment-1', owedFen);
      await reach(addDays(dueDate, 2));
      await punctual.payOff();
    }),
    late.open().then(async () => {
      const { dueDate } = await firstDue(late);
      await reach(addDays(dueDate, 4));
      await late.payOff();
    }),
    silent.open(),
    shopper.open().then(async () => {
      await shopper.buy('table', 200_000);
      await shopper.giveBack('drawer', 30_000);
      await firstBill(shopper);
      await shopper.payOff('bill');
      await shopper.buy('lamp', 60_000);
      await shopper.payOff('lamp');
    }),
    lateShopper.open().then(async () => {
      await lateShopper.buy('phone', 400_000);
      await reach(dayOfMonth(await firstBill(lateShopper), 16));
      await lateShopper.payOff();
    }),
  ]);
}

it('goes on after every death with nothing lost and nothing doubled', async () => {
  let living: Promise<unknown> = Promise.resolve();
  // A message is being sent: the attempt is on record, the provider has not answered.
  await strikeAt(
    'lock table sink_message in share mode',
    'with message as',
    async () => {
      living = lives();
      living.catch(() => undefined);
    },
    () => system.killWorker(),
  );
  await startAgain();

  // In the middle of a step: its entries are written and not committed.
  await prepaying.open();
  const payoffFen = (await prepaying.folded()).payoffFen + 1_000;
  await strikeAt(
    noticesOf(prepaying),
    TAKING_NOTICES_BACK,
    () => prepaying.pay('payoff', payoffFen, 'payoff'),
    () => system.killWorker(),
  );
  expect(await prepaying.isRecorded('payment/payoff')).toBe(false);
  await startAgain();

  // After a step: the books have it, Temporal has not heard.
  await steady.open();
  // Answered when Temporal has heard of the opening: what is held back is the step after it.
  await steady.handle.query(accountState);
  proxy.holdBack();
  await steady.pay('first', 50_000);
  await until(() => steady.isRecorded('payment/first'), WITHIN_MS);
  await system.killWorker();
  const [history] = await historiesOf(system, steady.handle.workflowId);
  expect(history?.events?.at(-1)?.workflowTaskStartedEventAttributes).toBeTruthy();
  proxy.letThrough();
  await startAgain();

  // The server dies under a step, and comes back with what it had on disk. The worker lives on.
  const lastOne = await new Borrower('last-one', 'cash-loan').open();
  everyone.push(lastOne);
  const { payoffFen: lastFen } = await lastOne.folded();
  await strikeAt(
    noticesOf(lastOne),
    TAKING_NOTICES_BACK,
    () => lastOne.pay('payoff', lastFen + 1_000, 'payoff'),
    () => system.killTemporal(),
  );
  await system.startTemporal();

  await living;
  await steady.payOff();
  for (const borrower of everyone) await borrower.sendAllAgain();
  await settle();
  await expectStates();
  await system.stopWorker();
  await expectEveryDeedOnce();
  await expectEveryNoticeOnce();
  await expectSoundBooks(system.pool, TENANT);
  const { workflowBundle } = testEnvironment();
  const ids = await allWorkflowIds();
  await replayAll(system, ids, workflowBundle);
}, 180_000);

/** Until nothing is behind: no account has slept through a deadline, no lane through a notice. */
async function settle(): Promise<void> {
  const beforeMs = system.nowMs();
  await until(async () => {
    const { rows } = await system.pool.query<{ count: number }>(
      `select count(*) as count from notice
        where status = 'attempted' or (status = 'planned' and send_after_at_ms <= $1)`,
      [beforeMs],
    );
    return (
      rows[0]?.count === 0 && (await readMissedDeadlines(system.pool, { tenantId: TENANT, beforeMs })).length === 0
    );
  }, WITHIN_MS);
}

/** Every workflow is where its account is in the books, and where the borrower's deeds must have brought it. */
async function expectStates(): Promise<void> {
  expect(await listAccountIds(system.pool, { tenantId: TENANT })).toEqual(everyone.map((b) => b.accountId).sort());
  for (const borrower of everyone) {
    let state: AccountState | undefined;
    await until(async () => {
      state = await borrower.handle.query(accountState);
      const row = await borrower.row();
      return row?.stage === state.stage && row.nextDeadlineAtMs === (state.nextDeadlineAtMs ?? null);
    }, WITHIN_MS);
    const isLoan = borrower.product === 'cash-loan';
    const expected = borrower === silent ? 'overdue' : isLoan ? 'settled' : 'current';
    const { status } = await borrower.handle.describe();
    const { name } = borrower;
    expect({ name, stage: state?.stage, status: status.name }).toEqual({
      name,
      stage: expected,
      status: expected === 'settled' ? 'COMPLETED' : 'RUNNING',
    });
  }
}

async function expectEveryDeedOnce(): Promise<void> {
  const { rows: refused } = await system.pool.query('select * from refused_arrival');
  expect(refused).toEqual([]);
  for (const { name, accountId, deeds } of everyone) {
    const facts = await readFacts(system.pool, { tenantId: TENANT, accountId });
    const recorded = facts.flatMap((fact) =>
      fact.kind === 'paid' || fact.kind === 'purchased' || fact.kind === 'refunded'
        ? { key: fact.key, valueDate: fact.valueDate, amountFen: fact.amountFen }
        : [],
    );
    const byKey = (list: Deed[]) => [...list].sort((first, second) => (first.key < second.key ? -1 : 1));
    expect({ name, deeds: byKey(recorded) }).toEqual({ name, deeds: byKey(deeds) });
    const { rows } = await system.pool.query<{ paidFen: number }>(
      `select coalesce(sum(amount_fen), 0)::bigint as "paidFen" from posting
        where account_id = $1 and ledger_account = 'collections'`,
      [accountId],
    );
    const paidFen = deeds.filter(({ key }) => key.startsWith('payment/')).reduce((sum, d) => sum + d.amountFen, 0);
    expect({ name, paidFen: rows[0]?.paidFen }).toEqual({ name, paidFen });
  }
}

/** By its business key, whatever its row's id is; and the one that was interrupted is not sent again. */
async function expectEveryNoticeOnce(): Promise<void> {
  const { rows } = await system.pool.query<{ status: string; messages: number }>(
    `select notice.status, count(message_id) as messages
       from notice left join sink_message on split_part(reference, '.', 1) = notice_id::text
      group by account_id, dedupe_key, status`,
  );
  const sent = rows.filter(({ messages }) => messages > 0);
  expect(sent.filter(({ messages }) => messages > 1)).toEqual([]);
  const accepted = rows.filter(({ status }) => status === 'accepted');
  expect(accepted.filter(({ messages }) => messages !== 1)).toEqual([]);
  expect(rows.map(({ status }) => status)).toContain('unknown');
  const { rows: stray } = await system.pool.query(
    `select from sink_message
      where not exists (select from notice where notice_id::text = split_part(reference, '.', 1))`,
  );
  expect(stray).toEqual([]);
}

async function allWorkflowIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId, status } of system.client.workflow.list()) {
    expect({ workflowId, status: status.name }).toEqual({
      workflowId,
      status: expect.stringMatching(/^(RUNNING|COMPLETED|CONTINUED_AS_NEW)$/),
    });
    if (status.name !== 'CONTINUED_AS_NEW') ids.push(workflowId);
  }
  return ids;
}
