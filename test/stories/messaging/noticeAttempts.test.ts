/** What becomes of notices when providers refuse, fall silent, or are asked: one accepted message each, at most. */
import { describe, expect, it } from '@jest/globals';
import type {
  InquiryOutcome,
  RefusedOutcome,
  SendOutcome,
  SmsMessage,
  SmsProvider,
} from '../../../src/adapters/sms/port';
import { createSmppProvider } from '../../../src/adapters/sms/providers/smpp/provider';
import { resumeProvider, stoppedProviders } from '../../../src/db/messaging/delivery/providerStops';
import { inTransaction } from '../../../src/db/transaction';
import { addDays } from '../../../src/domain/values/calendar';
import { FakeSmsc } from '../../adapters/sms/smpp/smscServer';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { untilStatus } from '../../support/notices';

const MINUTE_MS = 60_000;
const UNKNOWN: SendOutcome = { status: 'unknown', detail: 'no answer in time' };

/** A provider in a test; what it takes has the reference as its id. */
class Scripted implements SmsProvider {
  readonly capabilities = { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 };
  readonly calls: SmsMessage[] = [];
  readonly asked: string[] = [];
  answer: (message: SmsMessage) => SendOutcome = ({ reference }) => ({
    status: 'accepted',
    providerMessageIds: [reference],
  });
  tell: ((reference: string) => InquiryOutcome) | undefined;

  constructor(readonly name: string) {}

  async send(message: SmsMessage): Promise<SendOutcome> {
    this.calls.push(message);
    return this.answer(message);
  }

  async inquire({ reference }: { reference: string }): Promise<InquiryOutcome> {
    this.asked.push(reference);
    return this.tell?.(reference) ?? { status: 'unknown', detail: 'nobody was told' };
  }
}

async function attemptsOf({ deployment, accountId }: Credit): Promise<string[]> {
  const { rows } = await deployment.pool.query<{ line: string }>(
    `select dedupe_key || ' ' || attempt || ' ' || attempt.provider || ' ' || attempt.status as line
       from notice_attempt attempt join notice using (tenant_id, notice_id)
      where account_id = $1 order by attempt.attempted_at_ms, attempt`,
    [accountId],
  );
  return rows.map(({ line }) => line);
}

async function withTwo(run: (deployment: Deployment, first: Scripted, second: Scripted) => Promise<void>) {
  const first = new Scripted('first');
  const second = new Scripted('second');
  await withDeployment((deployment) => run(deployment, first, second), {
    providers: [first, second],
    lookEveryMs: DAY_MS,
  });
}

describe('a provider whose account cannot send', () => {
  it('is stopped for all, the notice goes out by the next one, and a person resumes it', () =>
    withTwo(async (deployment, first, second) => {
      first.answer = () => ({ status: 'refused', failure: 'account-stop', code: 'NO_BALANCE', detail: 'no balance' });
      const loan = await new Credit(deployment, 'stopped', 'cash-loan').open();
      const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
      await loan.sleepUntil(addDays(dueDate, -2), '12:00');
      await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
      expect(await attemptsOf(loan)).toEqual([
        'loan-disbursed 1 first refused',
        // Long ago, and without a receipt.
        'loan-disbursed 2 second unknown',
        'due-soon/instalment-1/3 1 second accepted',
      ]);
      expect(first.calls).toHaveLength(1);
      expect(second.calls.map(({ reference }) => reference.split('.')[1])).toEqual(['2', '1']);

      const atMs = await deployment.env.currentTimeMs();
      const resume = { tenantId: TENANT, provider: 'first', resumedBy: 'staff-7', atMs };
      expect(await inTransaction(deployment.pool, (client) => resumeProvider(client, resume))).toBe(true);
      first.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await loan.sleepUntil(addDays(dueDate, -1), '12:00');
      await untilStatus(loan, 'due-soon/instalment-1/1', 'accepted');
      expect((await attemptsOf(loan)).at(-1)).toBe('due-soon/instalment-1/1 1 first accepted');
    }));
});

describe('a window that is full', () => {
  it('everywhere puts the notice off until its end', () =>
    withTwo(async (deployment, first, second) => {
      const full = ({ atMs }: SmsMessage): SendOutcome => ({
        status: 'refused',
        failure: 'windowed',
        code: 'HOURLY',
        detail: 'the hour is full',
        retryAtMs: atMs + 30 * MINUTE_MS,
      });
      first.answer = full;
      second.answer = full;
      const loan = await new Credit(deployment, 'full', 'cash-loan').open();
      await until(async () => (await attemptsOf(loan)).length === 2);
      first.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await deployment.env.sleep(29 * MINUTE_MS);
      expect(first.calls).toHaveLength(1);
      await deployment.env.sleep(2 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      expect(await attemptsOf(loan)).toEqual([
        'loan-disbursed 1 first refused',
        'loan-disbursed 2 second refused',
        'loan-disbursed 3 first accepted',
      ]);
    }));
});

const refusal = (failure: RefusedOutcome['failure'], code: string, more: Partial<RefusedOutcome> = {}) => ({
  ...({ status: 'refused', failure, code, detail: 'not now' } as const),
  ...more,
});

async function triesOf({ deployment, accountId }: Credit, key: string): Promise<{ calls: number; tries: number }> {
  const { rows } = await deployment.pool.query<{ calls: number; tries: number }>(
    `select count(*)::int as calls, (count(*) filter (where uses_try))::int as tries
       from notice_attempt join notice using (tenant_id, notice_id) where account_id = $1 and dedupe_key = $2`,
    [accountId, key],
  );
  return rows[0] ?? { calls: 0, tries: 0 };
}

async function putOffReasonOf({ deployment, accountId }: Credit): Promise<string | null | undefined> {
  const { rows } = await deployment.pool.query<{ reason: string | null }>(
    `select put_off_reason as reason from notice where account_id = $1 and dedupe_key = 'loan-disbursed'`,
    [accountId],
  );
  return rows[0]?.reason;
}

async function withOne(run: (deployment: Deployment, only: Scripted) => Promise<void>) {
  const only = new Scripted('only');
  await withDeployment((deployment) => run(deployment, only), { providers: [only], lookEveryMs: DAY_MS });
}

/** What is about the carrier and our way to it; in turn, so that no five troubles in a row let the provider rest. */
const OF_THE_CARRIER = [
  refusal('transient', 'ESME_RALYBND'),
  refusal('windowed', 'ESME_RTHROTTLED'),
  refusal('transient', 'RESTING'),
  refusal('windowed', 'THROTTLED'),
  refusal('transient', 'NOT_BOUND'),
  refusal('windowed', 'ESME_RTHROTTLED'),
];

describe('a carrier that takes nothing', () => {
  it('for 45 minutes is waited for: our own rest and its throttling are no tries', () =>
    withOne(async (deployment, only) => {
      only.answer = () => OF_THE_CARRIER[only.calls.length % OF_THE_CARRIER.length] as SendOutcome;
      const loan = await new Credit(deployment, 'waits', 'cash-loan').open();
      await until(async () => (await attemptsOf(loan)).length > 0);
      await deployment.env.sleep(45 * MINUTE_MS);
      await until(async () => (await attemptsOf(loan)).length > 6);
      only.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await deployment.env.sleep(6 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      expect((await triesOf(loan, 'loan-disbursed')).tries).toBe(0);
    }));

  it('for want of a session is waited for without an attempt, over a real session that is refused', async () => {
    const smsc = new FakeSmsc();
    smsc.bindStatus = 0x05;
    const port = await smsc.listen();
    const troubles: string[] = [];
    const smpp = createSmppProvider(
      {
        host: '127.0.0.1',
        port,
        systemId: 'lender',
        password: 'not-real',
        sourceAddress: '10690000',
        reconnectFirstMs: 5,
        reconnectLongestMs: 20,
      },
      { onReceipt: async () => {}, onInbound: async () => {}, onTrouble: (detail) => troubles.push(detail) },
    );
    try {
      await until(async () => troubles.length > 0);
      const waiting = async (deployment: Deployment) => {
        const loan = await new Credit(deployment, 'unbound', 'cash-loan').open();
        await until(async () => (await putOffReasonOf(loan)) === 'no-provider');
        await deployment.env.sleep(45 * MINUTE_MS);
        expect(await attemptsOf(loan)).toEqual([]);
        smsc.bindStatus = 0;
        await until(async () => smpp.health().isBound);
        await deployment.env.sleep(6 * MINUTE_MS);
        await untilStatus(loan, 'loan-disbursed', 'accepted');
        expect(await triesOf(loan, 'loan-disbursed')).toEqual({ calls: 1, tries: 0 });
      };
      await withDeployment(waiting, { providers: [smpp], lookEveryMs: DAY_MS });
    } finally {
      await smpp.close();
      await smsc.close();
    }
  });

  it('for days is waited for until the notice expires, and is not asked without end', () =>
    withOne(async (deployment, only) => {
      only.answer = () => OF_THE_CARRIER[only.calls.length % OF_THE_CARRIER.length] as SendOutcome;
      const loan = await new Credit(deployment, 'expires', 'cash-loan').open();
      await loan.sleepDays(4);
      await untilStatus(loan, 'loan-disbursed', 'cancelled');
      const { rows } = await deployment.pool.query(
        `select cancel_reason as "reason" from notice where dedupe_key = 'loan-disbursed'`,
      );
      expect(rows).toEqual([{ reason: 'expired' }]);
      const { calls, tries } = await triesOf(loan, 'loan-disbursed');
      expect(tries).toBe(0);
      expect(calls).toBeGreaterThan(12);
      expect(calls).toBeLessThan(200);
    }));

  it('that refuses the message by its own word is tried six times, with its rests not counted', () =>
    withOne(async (deployment, only) => {
      const words = () => refusal('transient', 'ESME_RSUBMITFAIL', { isAboutMessage: true });
      only.answer = () => (only.calls.length % 2 === 0 ? words() : refusal('windowed', 'ESME_RTHROTTLED'));
      const loan = await new Credit(deployment, 'gives-up', 'cash-loan').open();
      await loan.sleepDays(1);
      await untilStatus(loan, 'loan-disbursed', 'refused');
      expect(await triesOf(loan, 'loan-disbursed')).toEqual({ calls: 12, tries: 6 });
    }));
});

describe("a worker whose own session is refused for the account's sake", () => {
  const ofOwnSession = refusal('account-stop', 'ESME_RINVPASWD', { isOwnSession: true });

  it('does not stop the provider for all while others get through', () =>
    withOne(async (deployment, only) => {
      const other = await new Credit(deployment, 'bound', 'cash-loan').open();
      await untilStatus(other, 'loan-disbursed', 'accepted');
      only.answer = () => ofOwnSession;
      const loan = await new Credit(deployment, 'unbound', 'cash-loan').open();
      await until(async () => (await attemptsOf(loan)).length > 0);
      expect(await stoppedProviders(deployment.pool, { tenantId: TENANT })).toEqual([]);
      // The next sweep is of the worker that is bound.
      only.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await deployment.env.sleep(6 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      expect((await triesOf(loan, 'loan-disbursed')).tries).toBe(0);
    }));

  it('stops it once nothing has got through for half an hour', () =>
    withOne(async (deployment, only) => {
      const other = await new Credit(deployment, 'was-bound', 'cash-loan').open();
      await untilStatus(other, 'loan-disbursed', 'accepted');
      only.answer = () => ofOwnSession;
      await new Credit(deployment, 'nobody-bound', 'cash-loan').open();
      await deployment.env.sleep(29 * MINUTE_MS);
      expect(await stoppedProviders(deployment.pool, { tenantId: TENANT })).toEqual([]);
      await deployment.env.sleep(10 * MINUTE_MS);
      await until(async () => (await stoppedProviders(deployment.pool, { tenantId: TENANT })).length === 1);
    }));

  it('stops it at once where nothing was ever taken', () =>
    withOne(async (deployment, only) => {
      only.answer = () => ofOwnSession;
      await new Credit(deployment, 'never-bound', 'cash-loan').open();
      await until(async () => (await stoppedProviders(deployment.pool, { tenantId: TENANT })).length === 1);
    }));
});

describe('an attempt in doubt', () => {
  it('that the provider has is adopted with its end, and not sent again', () =>
    withTwo(async (deployment, first, second) => {
      first.answer = () => UNKNOWN;
      const loan = await new Credit(deployment, 'found', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'unknown');
      first.tell = () => ({ status: 'found', providerMessageIds: ['m-1'], receipt: 'delivered' });
      await deployment.env.sleep(6 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'delivered');
      expect(first.calls.length + second.calls.length).toBe(1);
      expect(first.asked).toHaveLength(1);
      expect(await attemptsOf(loan)).toEqual(['loan-disbursed 1 first delivered']);
    }));

  it('of which there is no trace three times is sent again, once', () =>
    withTwo(async (deployment, first, second) => {
      first.answer = () => UNKNOWN;
      first.tell = () => ({ status: 'not-found' });
      const loan = await new Credit(deployment, 'lost', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'unknown');
      first.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await deployment.env.sleep(21 * MINUTE_MS);
      await until(async () => first.asked.length === 2);
      expect(first.calls).toHaveLength(1);
      await deployment.env.sleep(41 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      expect(await attemptsOf(loan)).toEqual(['loan-disbursed 1 first not-sent', 'loan-disbursed 2 first accepted']);
      await deployment.env.sleep(DAY_MS);
      expect(first.calls).toHaveLength(2);
      expect(second.calls).toHaveLength(0);
    }));

  it('about which nobody could be asked for two hours is asked after that: an outage is no look', () =>
    withTwo(async (deployment, first) => {
      first.answer = () => UNKNOWN;
      first.tell = () => ({ status: 'unknown', detail: 'the network is away', isUnreached: true });
      const loan = await new Credit(deployment, 'outage', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'unknown');
      await deployment.env.sleep(120 * MINUTE_MS);
      await until(async () => first.asked.length > 3);
      first.tell = () => ({ status: 'found', providerMessageIds: ['m-1'], receipt: 'delivered' });
      await deployment.env.sleep(21 * MINUTE_MS);
      await untilStatus(loan, 'loan-disbursed', 'delivered');
      expect(first.calls).toHaveLength(1);
    }));

  it('that nobody can tell of stays unknown and is never sent again', () =>
    withTwo(async (deployment, first, second) => {
      first.answer = () => UNKNOWN;
      const loan = await new Credit(deployment, 'silent', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'unknown');
      first.answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
      await loan.sleepDays(5);
      expect(first.asked).toHaveLength(3);
      expect(first.calls.length + second.calls.length).toBe(1);
      const { rows } = await deployment.pool.query(
        `select status, closed_at_ms - attempted_at_ms >= 72 * 3600000 as "isLate" from notice
          where dedupe_key = 'loan-disbursed'`,
      );
      expect(rows).toEqual([{ status: 'unknown', isLate: true }]);
    }));
});

it('a figure that moved between promise and sending is rendered anew, and kept as moved', () =>
  withTwo(async (deployment) => {
    const loan = await new Credit(deployment, 'moved', 'cash-loan').open();
    const { dueDate, owedFen } = (await loan.now()).obligations[0] ?? { dueDate: '', owedFen: 0 };
    await loan.sleepUntil(addDays(dueDate, 1), '00:30');
    await until(async () => (await loan.state()).stage === 'overdue');
    await loan.pay('part', owedFen - 12_345);
    await loan.sleepUntil(addDays(dueDate, 1), '12:00');
    await untilStatus(loan, 'overdue/instalment-1/1', 'accepted');
    const { rows } = await deployment.pool.query(
      `select planned_on->>'amountFen' as planned, figures->>'amountFen' as sent, moved, text from notice
         join notice_attempt using (tenant_id, notice_id) where dedupe_key = 'overdue/instalment-1/1'`,
    );
    expect(rows).toMatchObject([{ moved: ['amount'] }]);
    expect(Number(rows[0].planned)).toBeGreaterThanOrEqual(owedFen);
    const sentFen = Number(rows[0].sent);
    expect(sentFen).toBeGreaterThanOrEqual(12_345);
    expect(sentFen).toBeLessThan(12_500);
    expect(rows[0].text).toContain(`${(sentFen / 100).toFixed(2)}元`);
  }));
