/** Whether a text is ours: checked right, wrong, too often and too late, by anybody, and alike for everybody. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Pool } from 'pg';
import { type CheckAnswer, checkCode, takeReport } from '../../../src/activities/messaging/noticeChecks';
import { createServer } from '../../../src/api/server';
import { failedChecksSince, lockChecks } from '../../../src/db/messaging/codes/codeChecks';
import { CODE_ALPHABET } from '../../../src/db/messaging/codes/codeDrawing';
import { reportsSince } from '../../../src/db/messaging/codes/fraudReports';
import { readCheckEvidence } from '../../../src/db/messaging/guard/checkEvidence';
import { readInbox } from '../../../src/db/messaging/outbox/inbox';
import { listWarnings } from '../../../src/db/risk/warnings';
import { inTransaction, type Reader } from '../../../src/db/transaction';
import { CODE_POLICY, FRAUD_ALERTS, maskAmount } from '../../../src/domain/messaging/codes/verificationCodes';
import { issueCode } from '../../support/ofOne';
import { type Harness, NOW_MS, openedAccount, startHarness, TENANT, TODAY } from '../harness';

const CODE = '7H4KQ9XW';
const WRONG = 'CDFHJKMN';
const PHONE = '13800000000';
const STRANGER = '13900000000';
const HOME = '203.0.113.9';
const HOUR_MS = 3_600_000;

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
  await sendNotice(CODE);
}, 60_000);
afterEach(() => harness.close());

/** A bill that went out to the phone with that code, at the harness's business time. */
async function sendNotice(code: string, { tenantId = TENANT, phone = PHONE } = {}): Promise<void> {
  const { rows } = await harness.owner.query<{ noticeId: string }>(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms)
     values ($1, 'borrower-of-application-of-card', 'card', 'bill-issued', $2, 0, 3, $3::bigint, $3::bigint + 1)
     returning notice_id as "noticeId"`,
    [tenantId, `bill/${code}`, harness.clock.nowMs],
  );
  await inTransaction(harness.pool, (client) =>
    issueCode(client, harness.context.codes, {
      tenantId,
      noticeId: rows[0]?.noticeId ?? '',
      phone,
      code,
      product: 'revolving',
      month: 7,
      maskedAmount: maskAmount(123_456),
      issuedAtMs: harness.clock.nowMs,
      expiresAtMs: harness.clock.nowMs + CODE_POLICY.validForMs,
    }),
  );
}

async function post(url: string, body: unknown, from: { remoteAddress?: string; forwarded?: string } = {}) {
  const { remoteAddress = HOME, forwarded } = from;
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const payload = body as object;
  const response = await harness.api.inject({ method: 'POST', url, payload, headers, remoteAddress });
  return { status: response.statusCode, body: response.json(), headers: response.headers };
}

const verify = (phone: string, code: string, remoteAddress = HOME) =>
  post('/v1/notices/verify', { phone, code }, { remoteAddress });

const report = (phone: string, remoteAddress = HOME) =>
  post('/v1/notices/report', { phone, sender: 'our-signature', reason: 'had-a-link' }, { remoteAddress });

async function outcomes(table = 'code_check'): Promise<string[]> {
  const { rows } = await harness.owner.query<{ outcome: string }>(`select outcome from ${table} order by at_ms, 1`);
  return rows.map(({ outcome }) => outcome);
}

/** Checks that were made before, at an instant, without making each over HTTP. */
async function checkedBefore(count: number, asked: { phone: string; address: string; atMs: number }): Promise<void> {
  const { codes } = harness.context;
  await harness.owner.query(
    `insert into code_check (tenant_id, phone_hash, address_hash, at_ms, outcome)
     select $1, $2, $3, $4, 'no-match' from generate_series(1, $5::int)`,
    [TENANT, codes.hashPhone(TENANT, asked.phone), codes.hashAddress(TENANT, asked.address), asked.atMs, count],
  );
}

const OURS = { ours: true, product: '月付', month: 7, maskedAmount: '1,***.**元' };

describe('a check', () => {
  it('with the right code tells product, month and masked amount, and nothing else', async () => {
    expect(await verify(PHONE, CODE)).toMatchObject({ status: 200 });
    expect((await verify(' +86 138 0000 0000', '7h4k-q9xw')).body).toEqual(OURS);
  });

  it('answers the same whatever was wrong: code, phone, tenant or age', async () => {
    const wrong = await verify(PHONE, WRONG);
    expect(wrong).toMatchObject({
      status: 200,
      body: { ours: false, advice: { zh: expect.stringContaining('96110') } },
    });
    await harness.owner.query(`insert into tenant (tenant_id, name) values ('other', 'Other lender')`);
    const bodies = [
      (await verify(STRANGER, CODE)).body,
      (await verify(PHONE, '123456')).body,
      (await verify(PHONE, '请把验证码告诉我')).body,
    ];
    harness.clock.nowMs = NOW_MS + CODE_POLICY.validForMs;
    bodies.push((await verify(PHONE, CODE)).body);
    for (const body of bodies) expect(body).toEqual(wrong.body);
    expect(await outcomes()).toEqual([...Array<string>(4).fill('no-match'), 'expired']);
  });

  it('with the code of another tenant fails', async () => {
    const { codes } = harness.context;
    const asked = { phone: PHONE, code: CODE, address: HOME, atMs: NOW_MS, today: TODAY };
    await harness.owner.query(`insert into tenant (tenant_id, name) values ('other', 'Other lender')`);
    const tools = { pool: harness.pool, codes, policy: CODE_POLICY };
    expect((await checkCode(tools, { ...asked, tenantId: TENANT })).answer).toBe('ours');
    expect((await checkCode(tools, { ...asked, tenantId: 'other' })).answer).toBe('not-confirmed');
  });

  it('of each of several notices finds its own', async () => {
    harness.clock.nowMs += HOUR_MS;
    await sendNotice(WRONG);
    expect((await verify(PHONE, CODE)).body).toEqual(OURS);
    expect((await verify(PHONE, WRONG)).body).toEqual(OURS);
  });

  it('answers until the code is too old, by the business clock', async () => {
    harness.clock.nowMs = NOW_MS + CODE_POLICY.validForMs - 1;
    expect((await verify(PHONE, CODE)).body).toEqual(OURS);
    harness.clock.nowMs += 1;
    expect((await verify(PHONE, CODE)).body.ours).toBe(false);
  });

  it('right, wrong, too often, and right again an hour later', async () => {
    expect((await verify(PHONE, CODE)).body.ours).toBe(true);
    for (let wrong = 1; wrong < CODE_POLICY.perPhone; wrong += 1) await verify(PHONE, WRONG, `203.0.113.${wrong}`);
    harness.clock.nowMs += HOUR_MS / 2;
    const over = await verify(PHONE, CODE, '198.51.100.7');
    // As a wrong code: who guesses does not learn that it is over the limit, nor a right code behind it.
    expect(over).toMatchObject({ status: 200, body: (await verify(STRANGER, CODE)).body });
    expect(over.headers['retry-after']).toBeUndefined();
    for (let more = 1; more < CODE_POLICY.perPhone; more += 1) await verify(PHONE, CODE, '198.51.100.7');
    expect((await outcomes()).sort()).toEqual([
      ...Array<string>(5).fill('limited'),
      'match',
      ...Array<string>(5).fill('no-match'),
    ]);
    // What was over the limit does not make it last longer.
    harness.clock.nowMs += HOUR_MS / 2;
    expect((await verify(PHONE, CODE)).body).toEqual(OURS);
  });

  it('keeps neither phone, nor code, nor address, in table and log', async () => {
    await verify(PHONE, CODE);
    await verify(PHONE, 'nonsense');
    const { rows } = await harness.owner.query('select * from code_check');
    expect(JSON.stringify(rows) + harness.log.join('')).not.toMatch(/138 ?0000|7H4KQ9XW|nonsense|203\.0\.113/);
  });

  it.each([
    ['no phone', { code: CODE }, 'phone'],
    ['a phone that is none', { phone: '12345', code: CODE }, 'phone'],
    ['no code', { phone: PHONE }, 'code'],
    ['a code that is a letter', { phone: PHONE, code: 'x'.repeat(41) }, 'code'],
    ['an unknown field', { phone: PHONE, code: CODE, name: 'x' }, 'name'],
  ])('is refused with %s', async (_case, body, field) => {
    const answer = await post('/v1/notices/verify', body);
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(JSON.stringify(answer.body)).not.toContain('12345');
    expect(await harness.count('code_check')).toBe(0);
  });

  it('reads no long body', async () => {
    expect((await post('/v1/notices/verify', { phone: PHONE, code: 'x'.repeat(600) })).status).toBe(413);
  });
});

describe('limits', () => {
  const { perAddress, perPhone, total } = CODE_POLICY;

  it('of the own address are told, with the time to come back; others go on', async () => {
    await checkedBefore(perAddress - 1, { phone: STRANGER, address: HOME, atMs: NOW_MS - HOUR_MS + 600_000 });
    expect((await verify(PHONE, CODE)).body).toEqual(OURS);
    const refused = await verify(PHONE, CODE);
    expect(refused).toMatchObject({ status: 429, body: { type: 'urn:creditloom:problem:too-many-requests' } });
    expect(refused.headers['retry-after']).toBe('600');
    expect((await verify(STRANGER, WRONG)).body).toEqual(refused.body);
    expect((await verify(PHONE, CODE, '198.51.100.7')).body).toEqual(OURS);
    harness.clock.nowMs += 600_000;
    expect((await verify(PHONE, CODE)).status).toBe(200);
  });

  it('of all together look like a wrong code', async () => {
    await checkedBefore(total, { phone: STRANGER, address: '198.51.100.1', atMs: NOW_MS });
    expect(await verify(PHONE, CODE)).toMatchObject({ status: 200, body: { ours: false } });
  });

  it('are for the same network of IPv6, whatever address of it asks', async () => {
    await checkedBefore(perAddress, { phone: STRANGER, address: '2001:db8:1:2::/64', atMs: NOW_MS });
    expect((await verify(PHONE, CODE, '2001:db8:1:2::77')).status).toBe(429);
    expect((await verify(PHONE, CODE, '2001:db8:1:3::77')).status).toBe(200);
  });

  it('are not passed by asking side by side', async () => {
    const { codes, pool } = harness.context;
    const asked = { tenantId: TENANT, phone: PHONE, code: CODE, address: HOME, atMs: NOW_MS, today: TODAY };
    const tools = { pool, codes, policy: CODE_POLICY };
    const answers = await Promise.all(Array.from({ length: 2 * perPhone }, () => checkCode(tools, asked)));
    expect(answers.filter(({ answer }) => answer === 'ours')).toHaveLength(perPhone);
  });

  it('keep a flood out of the table', async () => {
    const { codes, pool } = harness.context;
    const policy = { ...CODE_POLICY, perAddress: 2, total: 3 };
    const asked = { tenantId: TENANT, phone: PHONE, code: CODE, address: HOME, atMs: NOW_MS, today: TODAY };
    for (let round = 0; round < 10; round += 1) await checkCode({ pool, codes, policy }, asked);
    expect((await outcomes()).sort()).toEqual(['limited', 'limited', 'limited', 'match', 'match']);
  });

  it('of what is worked on at once refuse one more, whatever it asks', async () => {
    const open = await harness.pool.connect();
    await open.query('begin');
    await lockChecks(open, { tenantId: TENANT });
    const waiting = [1, 2, 3, 4].map((each) => verify(PHONE, CODE, `203.0.113.${each}`));
    await until(async () => (await waitingForLocks(open)) === waiting.length);
    for (const phone of [PHONE, STRANGER]) {
      const busy = await verify(phone, CODE, '198.51.100.7');
      expect(busy).toMatchObject({ status: 503, body: { type: 'urn:creditloom:problem:busy' } });
      expect(busy.headers['retry-after']).toBe('5');
    }
    await open.query('commit');
    open.release();
    for (const { body } of await Promise.all(waiting)) expect(body).toEqual(OURS);
    expect((await verify(PHONE, CODE, '198.51.100.7')).body).toEqual(OURS);
  });

  it('count the address of the connection; what a header says only behind a proxy of ours', async () => {
    await checkedBefore(perAddress, { phone: STRANGER, address: '192.0.2.50', atMs: NOW_MS });
    const ask = (remoteAddress: string, forwarded: string) =>
      post('/v1/notices/verify', { phone: PHONE, code: CODE }, { remoteAddress, forwarded });
    expect((await ask('192.0.2.50', '203.0.113.1')).status).toBe(429);
    expect((await ask('10.0.0.5', '192.0.2.50')).status).toBe(200);
    await harness.api.close();
    harness.api = await createServer({ ...harness.context, trustedProxies: ['10.0.0.5'] });
    expect((await ask('10.0.0.5', '192.0.2.50')).status).toBe(429);
    // Only the last word is our proxy's; what came to it may say anything.
    expect((await ask('10.0.0.5', '192.0.2.50, 203.0.113.2')).status).toBe(200);
    expect((await ask('192.0.2.50', '203.0.113.1')).status).toBe(429);
  });
});

/** Asked on a connection that is open already: those who wait may hold all others. */
async function waitingForLocks(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    `select count(*) as count from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]?.count ?? 0;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(10);
}

/** The statements that a check or report makes, by text and number of values. */
async function statementsOf(work: (pool: Pool) => Promise<unknown>): Promise<string[]> {
  const made: string[] = [];
  const recording = {
    async connect() {
      const client = await harness.pool.connect();
      return {
        query(text: string, values?: unknown[]) {
          made.push(`${text} with ${values?.length ?? 0}`);
          return client.query(text, values);
        },
        release: (error?: Error) => client.release(error),
      };
    },
  };
  await work(recording as unknown as Pool);
  return made;
}

describe('what a check asks of the database', () => {
  const asked = { tenantId: TENANT, code: CODE, phone: PHONE, address: HOME, atMs: NOW_MS, today: TODAY };
  const cases: [string, Partial<typeof asked>, CheckAnswer['answer'], () => Promise<void>][] = [
    ['a wrong code', { code: WRONG }, 'not-confirmed', async () => undefined],
    ['an unknown phone', { phone: STRANGER }, 'not-confirmed', async () => undefined],
    ['an old code', { atMs: NOW_MS + CODE_POLICY.validForMs }, 'not-confirmed', async () => undefined],
    [
      'a phone over its limit',
      {},
      'not-confirmed',
      () => checkedBefore(5, { phone: PHONE, address: '198.51.100.1', atMs: NOW_MS }),
    ],
    [
      'an address over its limit',
      {},
      'too-often',
      () => checkedBefore(20, { phone: STRANGER, address: HOME, atMs: NOW_MS }),
    ],
    [
      'a failure that warns',
      { code: WRONG },
      'not-confirmed',
      () => checkedBefore(2, { phone: PHONE, address: HOME, atMs: NOW_MS }),
    ],
  ];

  it.each(cases)(
    'is for %s the same as for a right one, in number and order',
    async (_case, change, answer, prepare) => {
      const { codes } = harness.context;
      let given: CheckAnswer | undefined;
      const check = (changes: Partial<typeof asked>) =>
        statementsOf(async (pool) => {
          given = await checkCode({ pool, codes, policy: CODE_POLICY }, { ...asked, ...changes });
        });
      const right = await check({});
      expect(given?.answer).toBe('ours');
      await prepare();
      expect(await check(change)).toEqual(right);
      expect(given?.answer).toBe(answer);
      expect(right.length).toBeGreaterThan(4);
    },
  );

  it('is for a report the same whether the phone is known or not, and over a limit', async () => {
    const { codes } = harness.context;
    const reported = { ...asked, claimedSender: 'other', reason: 'other' } as const;
    const make = (phone: string) =>
      statementsOf((pool) => takeReport({ pool, codes, policy: CODE_POLICY }, { ...reported, phone }));
    const known = await make(PHONE);
    expect(await make(STRANGER)).toEqual(known);
    for (let more = 0; more < CODE_POLICY.perPhone; more += 1) expect(await make(PHONE)).toEqual(known);
    expect(await outcomes('fraud_report')).toContain('limited');
  });

  it('is answered after the same pause, whatever the answer is', async () => {
    const timers = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
    const pause = jest.spyOn(timers, 'setTimeout');
    const pausesOf = async (phone: string, code: string) => {
      pause.mockClear();
      await verify(phone, code);
      return pause.mock.calls.map(([ms]) => ms);
    };
    // The harness's clock stands, so nothing of the pause is used up by the check itself.
    const right = await pausesOf(PHONE, CODE);
    expect(right).toHaveLength(1);
    expect(right[0]).toBeGreaterThan(0);
    for (const [phone, code] of [
      [PHONE, WRONG],
      [STRANGER, CODE],
    ] as const) {
      expect(await pausesOf(phone, code)).toEqual(right);
    }
    await checkedBefore(CODE_POLICY.perAddress, { phone: STRANGER, address: HOME, atMs: NOW_MS });
    expect(await pausesOf(PHONE, CODE)).toEqual(right);
    pause.mockRestore();
  });

  it('compares as often for a phone without codes', async () => {
    const crypto = jest.requireActual<typeof import('node:crypto')>('node:crypto');
    const compare = jest.spyOn(crypto, 'timingSafeEqual');
    const { codes, pool } = harness.context;
    const comparisons = async (change: Partial<typeof asked>) => {
      compare.mockClear();
      await checkCode({ pool, codes, policy: CODE_POLICY }, { ...asked, ...change });
      return compare.mock.calls.length;
    };
    const right = await comparisons({});
    expect(right).toBeGreaterThan(0);
    expect(await comparisons({ phone: STRANGER })).toBe(right);
    expect(await comparisons({ code: WRONG })).toBe(right);
    compare.mockRestore();
  });
});

describe('the guard and the borrower', () => {
  const warnings = () => listWarnings(harness.pool, { tenantId: TENANT, limit: 10 });
  const inbox = async () => {
    const borrowerId = 'borrower-of-application-of-card';
    return (await readInbox(harness.pool, { tenantId: TENANT, borrowerId, limit: 10 })).map(({ text }) => text);
  };

  it('the third failed check of a day for a borrower warns, once a day; a stranger has nobody to warn', async () => {
    for (let round = 0; round < 3; round += 1) await verify(STRANGER, WRONG);
    await verify(PHONE, WRONG);
    await verify(PHONE, WRONG);
    expect(await warnings()).toEqual([]);
    await verify(PHONE, WRONG);
    await verify(PHONE, WRONG);
    expect(await warnings()).toMatchObject([{ accountId: 'card', rule: 'CODE_CHECKS_FAILED', raisedAtMs: NOW_MS }]);
    const { body } = await harness.get('/v1/accounts/card/timeline');
    expect(body.items).toContainEqual(
      expect.objectContaining({ source: 'warning', kind: 'CODE_CHECKS_FAILED', key: `CODE_CHECKS_FAILED/${TODAY}` }),
    );
    expect(await inbox()).toEqual([FRAUD_ALERTS.CODE_CHECKS_FAILED]);
    harness.clock.nowMs += 24 * HOUR_MS;
    for (let round = 0; round < 3; round += 1) await verify(PHONE, WRONG);
    expect(await warnings()).toHaveLength(2);
  });

  it('a report is taken for any phone, warns the borrower of it, and keeps categories only', async () => {
    const stranger = await report(STRANGER);
    const known = await report(PHONE);
    expect(known).toMatchObject({ status: 200, body: { taken: true } });
    expect(stranger.body).toEqual(known.body);
    expect(await warnings()).toMatchObject([{ accountId: 'card', rule: 'MESSAGE_REPORTED' }]);
    expect(await inbox()).toEqual([FRAUD_ALERTS.MESSAGE_REPORTED]);
    await report(PHONE);
    expect(await inbox()).toHaveLength(1);
    const { rows } = await harness.owner.query('select * from fraud_report');
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/138 ?0000|203\.0\.113/);
    const text = { phone: PHONE, sender: 'our-signature', reason: 'had-a-link', text: '点此还款' };
    expect(await post('/v1/notices/report', text)).toMatchObject({ status: 400, body: { field: 'text' } });
  });

  it('a report beyond the limit of a phone looks as taken; of the own address it is told', async () => {
    const first = await report(PHONE);
    for (let more = 1; more <= CODE_POLICY.perPhone; more += 1) {
      expect((await report(PHONE, `203.0.113.${more}`)).body).toEqual(first.body);
    }
    expect((await outcomes('fraud_report')).filter((outcome) => outcome === 'limited')).toHaveLength(1);
    await harness.owner.query(
      `insert into fraud_report (tenant_id, phone_hash, address_hash, at_ms, claimed_sender, reason, outcome)
       select tenant_id, phone_hash, $1, at_ms, claimed_sender, reason, 'kept' from fraud_report,
         generate_series(1, 20) limit 20`,
      [harness.context.codes.hashAddress(TENANT, '198.51.100.9')],
    );
    expect((await report(STRANGER, '198.51.100.9')).status).toBe(429);
  });

  it('the guard counts what failed and what was reported since an instant', async () => {
    await verify(PHONE, CODE);
    await verify(PHONE, WRONG);
    await verify(STRANGER, WRONG);
    await report(PHONE);
    await report(STRANGER);
    const since = { tenantId: TENANT, sinceMs: NOW_MS };
    expect(await failedChecksSince(harness.pool, since)).toEqual({
      total: 2,
      limited: 0,
      phones: 2,
      borrowerPhones: 1,
      byKind: [{ kind: 'bill-issued', count: 1 }],
    });
    expect(await reportsSince(harness.pool, since)).toEqual({
      total: 2,
      phones: 2,
      borrowerPhones: 1,
      byReason: [{ reason: 'had-a-link', count: 2 }],
    });
    const later = { tenantId: TENANT, sinceMs: NOW_MS + 1 };
    expect(await failedChecksSince(harness.pool, later)).toMatchObject({ total: 0, byKind: [] });
    expect(await reportsSince(harness.pool, later)).toMatchObject({ total: 0, byReason: [] });
  });

  it('the guard counts phones of borrowers, each once a day: the last hour against the week before it', async () => {
    const weekMs = 168 * HOUR_MS;
    const others = Array.from({ length: 7 }, (_, index) => `1380000100${index}`);
    for (const phone of others) await sendNotice(CODE_ALPHABET.slice(0, 7) + phone.at(-1), { phone });
    const at = async (atMs: number, phones: readonly string[], times = 9) => {
      for (const phone of phones) {
        await checkedBefore(times, { phone, address: `203.0.${phone.at(-1)}.9`, atMs });
      }
    };
    await checkedBefore(77, { phone: STRANGER, address: HOME, atMs: NOW_MS });
    await report(STRANGER);
    await at(NOW_MS - HOUR_MS - weekMs, others);
    for (let day = 0; day < 7; day += 1) await at(NOW_MS - HOUR_MS - weekMs + 1 + day * 24 * HOUR_MS, others.slice(1));
    await at(NOW_MS - HOUR_MS, others.slice(0, 1));
    await at(NOW_MS - HOUR_MS + 1, others.slice(0, 4));
    await at(NOW_MS, others.slice(3, 6));
    await at(NOW_MS + 1, others);
    await harness.owner.query(
      `insert into code_check (tenant_id, phone_hash, address_hash, at_ms, outcome)
       select tenant_id, phone_hash, address_hash, at_ms, unnest(array['limited', 'match']) from code_check`,
    );
    await report(PHONE);
    expect(await readCheckEvidence(harness.pool, { tenantId: TENANT, asOfMs: NOW_MS })).toEqual({
      failedLastHour: 5,
      reportsLastHour: 1,
      usualFailedPerHour: (7 * 6 + 1) / 168,
      usualReportsPerHour: 0,
    });
    // Of the last hour, what came before people ended the alarm is not counted again.
    const ended = { tenantId: TENANT, asOfMs: NOW_MS, countFromMs: NOW_MS - 1 };
    expect(await readCheckEvidence(harness.pool, ended)).toMatchObject({ failedLastHour: 2 });
  });
});
