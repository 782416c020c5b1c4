/**
 * Notices from the due row to their end through everything that is real: PostgreSQL, the sweep of a worker in a process
 * of its own, the HTTP gateway provider, Kannel, and the API that Kannel calls. The carrier behind Kannel is scripted.
 * The gateway and the worker are killed in the middle. No notice reaches the carrier twice, and each ends in a state
 * that is known, or says that nobody can tell.
 */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServicingActivities } from '../../src/activities/credit/servicing';
import { seedTenant } from '../../src/activities/operations/seedTenant';
import { callbackPaths } from '../../src/api/messaging/callbackAccess';
import { saveIdentity } from '../../src/db/origination/identities';
import { createPolicyReader } from '../../src/db/policy/policyReader';
import { inTransaction } from '../../src/db/transaction';
import { Kannel, PASSWORD, SENDER, USERNAME } from '../../src/dev/bench/notices/kannel';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import { CALLBACK_SECRET, type Harness, startHarness, TENANT } from '../api/harness';
import { CASH_LOAN, noonOf, OPENED_ON, openOnTerms } from '../db/servicedAccounts';
import { BOOKS, BOOKS_KEY, needPeer } from '../setup/environment';
import { until } from '../support/credits';
import { ORIGIN } from '../support/identities';
import { byContent } from '../support/inOrder';
import { ESME_RINVDSTADR, type Fate, SmscPeer } from './smscPeer';

const WITHIN_MS = 40_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Notices that share their commits in a sweep, all of one lane. */
const GROUP = 10;
const VAULT = { keyId: 'k1', key: Buffer.alloc(32, 7) };

type Fault = 'before-attempt' | 'before-answer' | 'before-commit';

const smsc = new SmscPeer();
let harness: Harness;
let kannel: Kannel;
let origin: string;
/** Business instant of the next sweep. */
let sweepAtMs = noonOf(OPENED_ON) + MINUTE_MS;

beforeAll(async () => {
  harness = await startHarness();
  await seedTenant(harness.owner, { tenantId: TENANT, policies: [defaultPolicy] });
  origin = await harness.api.listen({ host: '127.0.0.1', port: 0 });
  await smsc.start();
  needPeer('kannel');
  kannel = await Kannel.start({ carrier: { kind: 'smpp', port: smsc.port } });
}, WITHIN_MS);

afterAll(async () => {
  await kannel?.stop();
  await smsc.stop();
  await harness?.close();
});

/** The loans of a test, each with a notice that is due: that its money was paid out. */
interface Loans {
  name: string;
  phones: string[];
}

let series = 0;

async function openLoans(name: string): Promise<Loans> {
  series += 1;
  const phones = Array.from({ length: GROUP }, (_, at) => `1990000${String(series * 100 + at).padStart(4, '0')}`);
  const { advanceAccount } = createServicingActivities({
    pool: harness.pool,
    policies: createPolicyReader(),
    lanes: 1,
    wakeLane: async () => undefined,
    wakeDebitLane: async () => undefined,
  });
  for (const [at, phone] of phones.entries()) {
    const accountId = `${name}-${at}`;
    await openOnTerms(harness.pool, accountId, CASH_LOAN);
    await inTransaction(harness.pool, (client) =>
      saveIdentity(client, harness.context.vault, {
        tenantId: TENANT,
        borrowerId: `${accountId}-borrower`,
        identity: { name: '样例', phone },
        origin: ORIGIN,
      }),
    );
    const arrivals = [{ kind: 'opening' as const }];
    await advanceAccount({ tenantId: TENANT, accountId, asOfMs: noonOf(OPENED_ON), arrivals });
  }
  return { name, phones };
}

/** One sweep of the lane by a worker process; how that ended. */
async function sweep(fault?: Fault): Promise<string> {
  sweepAtMs += 2 * MINUTE_MS;
  harness.clock.nowMs = sweepAtMs;
  const child = fork(join(__dirname, 'sweepProcess.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  child.send({
    databaseUrl: harness.pool.options.connectionString,
    vaultKeyId: VAULT.keyId,
    vaultKey: VAULT.key.toString('hex'),
    books: { keyId: BOOKS.keyId, key: BOOKS_KEY },
    gateway: {
      url: kannel.sendsmsUrl,
      username: USERNAME,
      password: PASSWORD,
      from: SENDER,
      perSecond: 1_000,
      callbackUrl: `${origin}${callbackPaths(CALLBACK_SECRET, 'http-gateway').receipts}`,
    },
    sweep: { tenantId: TENANT, lane: 0, asOfMs: sweepAtMs },
    fault,
    groupSize: GROUP,
  });
  return exited;
}

/** Status of the notices in the order of the loans, and of what became of their attempts. */
async function linesOf({
  name,
}: Loans): Promise<{ phone: number; status: string; attempts: string; closed: boolean }[]> {
  const { rows } = await harness.owner.query<{ phone: number; status: string; attempts: string; closed: boolean }>(
    `select split_part(account_id, '-', 2)::int as phone, notice.status, closed_at_ms is not null as closed,
       coalesce(string_agg(attempt.status, ' ' order by attempt), '') as attempts
       from notice left join notice_attempt attempt using (tenant_id, notice_id)
      where kind = 'loan-disbursed' and account_id like $1 || '-%'
      group by account_id, notice.status, closed_at_ms order by 1`,
    [name],
  );
  return rows;
}

const statusesOf = async (loans: Loans) => (await linesOf(loans)).map(({ status }) => status);
const all = (status: string) => Array.from({ length: GROUP }, () => status);

/** How often each phone's message was taken by the carrier; given, whatever it answered. */
const takenBy = ({ phones }: Loans) => phones.map((phone) => smsc.accepted.filter(({ to }) => to === phone).length);
const givenTo = ({ phones }: Loans) => phones.map((phone) => smsc.submitted.filter(({ to }) => to === phone).length);

const once = Array.from({ length: GROUP }, () => 1);
const never = Array.from({ length: GROUP }, () => 0);

describe('a notice', () => {
  it('ends as the carrier tells, with receipts that come twice or say that it was refused', async () => {
    const loans = await openLoans('told');
    const [fine, undelivered, doubled, refused] = loans.phones;
    const fates: Record<string, Fate> = {
      [String(undelivered)]: { receipts: ['UNDELIV'] },
      [String(doubled)]: { receipts: ['DELIVRD', 'DELIVRD'] },
      [String(refused)]: { commandStatus: ESME_RINVDSTADR },
    };
    smsc.fateOf = ({ to }) => fates[to] ?? { receipts: ['DELIVRD'] };
    expect(await sweep()).toBe('code 0');
    await until(async () => (await statusesOf(loans)).every((status) => /delivered$/.test(status)), WITHIN_MS);
    const told = (await linesOf(loans)).map(({ status, attempts }) => `${status}, ${attempts}`);
    const [delivered, not] = ['delivered, delivered', 'undelivered, undelivered'];
    expect(told).toEqual([delivered, not, delivered, not, ...told.slice(4)]);
    expect(told.slice(4)).toEqual(all(delivered).slice(4));
    expect(givenTo(loans)).toEqual(once);
    expect(smsc.textsTo(String(fine))[0]).toMatch(/^【/);
  });

  it('waits while the gateway is killed, and what it had taken before is ended by its late receipt', async () => {
    const [before, during] = [await openLoans('before'), await openLoans('during')];
    // Of two groups the first is taken, and its receipts are pending.
    smsc.fateOf = () => ({ receipts: [] });
    await harness.owner.query(
      `update notice set send_after_at_ms = send_after_at_ms + $1 where account_id like 'during-%' and status = 'planned'`,
      [3 * MINUTE_MS + (sweepAtMs - noonOf(OPENED_ON))],
    );
    expect(await sweep()).toBe('code 0');
    await until(async () => takenBy(before).join() === once.join(), WITHIN_MS);
    await untilPending(before);
    await kannel.killAll();

    sweepAtMs += 10 * MINUTE_MS;
    expect(await sweep()).toBe('code 0');
    expect(await statusesOf(during)).toEqual(all('planned'));
    const lines = await linesOf(during);
    expect(lines.map(({ attempts }) => attempts)).toEqual(all('refused'));

    smsc.fateOf = () => ({ receipts: ['DELIVRD'] });
    await kannel.run();
    for (const message of smsc.accepted.filter(({ to }) => before.phones.includes(to))) {
      smsc.sendReceipt(message, 'DELIVRD');
    }
    sweepAtMs += 10 * MINUTE_MS;
    expect(await sweep()).toBe('code 0');
    for (const loans of [before, during]) {
      await until(async () => (await statusesOf(loans)).join() === all('delivered').join(), WITHIN_MS);
      expect(givenTo(loans)).toEqual(once);
    }
    expect((await linesOf(during)).map(({ attempts }) => attempts)).toEqual(all('refused delivered'));
  });
});

/** Kannel has told of each message that the carrier has it, and has forgotten it in its spool. */
async function untilPending({ name }: Loans): Promise<void> {
  await until(async () => {
    const { rows } = await harness.owner.query<{ count: number }>(
      `select count(*) as count from receipt join notice_attempt attempt
           on attempt.tenant_id = receipt.tenant_id and attempt.reference = receipt.provider_message_id
         join notice on notice.tenant_id = attempt.tenant_id and notice.notice_id = attempt.notice_id
        where receipt.status = 'pending' and account_id like $1 || '-%'`,
      [name],
    );
    return rows[0]?.count === GROUP;
  }, WITHIN_MS);
  await new Promise((resolve) => setTimeout(resolve, 300));
}

describe('a worker that is killed', () => {
  beforeAll(() => {
    smsc.fateOf = () => ({ receipts: ['DELIVRD'] });
  });

  it('before the attempts are on record has sent nothing: the next sweep sends each once', async () => {
    const loans = await openLoans('unwritten');
    expect(await sweep('before-attempt')).toBe('SIGKILL');
    expect(await statusesOf(loans)).toEqual(all('planned'));
    expect(givenTo(loans)).toEqual(never);
    expect(await sweep()).toBe('code 0');
    await until(async () => (await statusesOf(loans)).join() === all('delivered').join(), WITHIN_MS);
    expect(givenTo(loans)).toEqual(once);
  });

  it('between answer and commit sends nothing again: receipts find what the worker could not write', async () => {
    const loans = await openLoans('uncommitted');
    expect(await sweep('before-commit')).toBe('SIGKILL');
    expect(await sweep()).toBe('code 0');
    await until(async () => (await statusesOf(loans)).join() === all('delivered').join(), WITHIN_MS);
    expect(await sweep()).toBe('code 0');
    expect(givenTo(loans)).toEqual(once);
  });

  it('between attempt and answer leaves each delivered once, or unknown for good and never sent again', async () => {
    const loans = await openLoans('unanswered');
    expect(await sweep('before-answer')).toBe('SIGKILL');
    await until(
      async () => (await statusesOf(loans)).filter((status) => status === 'delivered').length === 3,
      WITHIN_MS,
    );
    // Nobody can be asked. The sweeps of three days change nothing but that it is said.
    expect(await sweep()).toBe('code 0');
    const taken = takenBy(loans);
    expect(await statusesOf(loans)).toEqual(taken.map((count) => (count === 1 ? 'delivered' : 'unknown')));
    for (let hours = 0; hours <= 96; hours += 24) {
      sweepAtMs += 24 * HOUR_MS;
      expect(await sweep()).toBe('code 0');
    }
    expect(givenTo(loans)).toEqual(taken);
    expect([...taken].sort(byContent)).toEqual([...never.slice(3), 1, 1, 1]);
    for (const { phone, status, attempts, closed } of await linesOf(loans)) {
      const end = taken[phone] === 1 ? { status: 'delivered', closed: false } : { status: 'unknown', closed: true };
      expect({ phone, status, closed, attempts }).toEqual({ phone, ...end, attempts: end.status });
    }
  });
});

it('has brought no text twice, and nothing is left without an end', async () => {
  const { rows } = await harness.owner.query<{ status: string; count: number }>(
    `select status, count(*) as count from notice where kind = 'loan-disbursed' group by status order by status`,
  );
  expect(rows).toEqual([
    { status: 'delivered', count: 6 * GROUP - 2 - 7 },
    { status: 'undelivered', count: 2 },
    { status: 'unknown', count: 7 },
  ]);
  const times = new Map<string, number>();
  for (const { to, part } of smsc.submitted) times.set(`${to}/${part}`, (times.get(`${to}/${part}`) ?? 0) + 1);
  expect([...times].filter(([, count]) => count > 1)).toEqual([]);
});
