/** What providers push in formats of their own: let in by a secret path, kept once, answered in their words. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openRaw } from '../../../src/activities/messaging/unreadableCallbacks';
import { callbacksOf } from '../../../src/adapters/sms/callbacks';
import { callbackPathSecret, callbackPaths } from '../../../src/api/messaging/callbackAccess';
import { createServer } from '../../../src/api/server';
import { readInboundCommands } from '../../../src/db/messaging/contact/inboundTexts';
import { readRawTrouble, readReceiptTroubles } from '../../../src/db/messaging/delivery/receiptTroubles';
import { CALLBACK_SECRET, type Harness, NOW_MS, openedAccount, startHarness, TENANT } from '../harness';

const PHONE = '13800000000';
const ALIYUN = callbackPaths(CALLBACK_SECRET, 'aliyun');
const TENCENT = callbackPaths(CALLBACK_SECRET, 'tencent');
const ALIYUN_OK = { code: 0, msg: 'ok' };

let harness: Harness;
let notices = 0;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.log.length = 0;
});

/** A notice that a provider took: its id, reference and message id. */
async function sentNotice(provider: string, messageId: string | undefined, reference: string): Promise<string> {
  notices += 1;
  const status = messageId === undefined ? 'unknown' : 'accepted';
  const { rows } = await harness.owner.query<{ id: string }>(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms, status, template_version, text, attempted_at_ms, provider)
     values ($1, 'borrower-of-application-of-card', 'card', 'due-soon', $3, 0, 3, $2::bigint, $2::bigint + 1, $4, 1,
       'text', $2::bigint, $5) returning notice_id as id`,
    [TENANT, NOW_MS, `due-soon-${notices}`, status, provider],
  );
  const id = rows[0]?.id ?? '';
  await harness.owner.query(
    `insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, attempted_at_ms)
     values ($1, $2, 1, $3, $4, $5, $6)`,
    [TENANT, id, provider, reference, status, NOW_MS],
  );
  if (messageId !== undefined) {
    await harness.owner.query(
      `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
       values ($1, $2, $3, $4, 1)`,
      [TENANT, provider, messageId, id],
    );
  }
  return id;
}

async function statusOf(noticeId: string): Promise<string | undefined> {
  const { rows } = await harness.owner.query<{ status: string }>('select status from notice where notice_id = $1', [
    noticeId,
  ]);
  return rows[0]?.status;
}

/** What is kept raw with a fault, opened by the vault. */
async function keptRaw(fault: string): Promise<(string | undefined)[]> {
  const troubles = await readReceiptTroubles(harness.pool, { tenantId: TENANT, sinceMs: 0, limit: 1000 });
  const found = troubles.filter((each) => each.reason === 'unreadable' && each.fault === fault);
  return Promise.all(
    found.map(async ({ provider, troubleKey }) => {
      const ref = { tenantId: TENANT, provider, troubleKey };
      return openRaw(harness.context.vault, ref, await readRawTrouble(harness.pool, ref));
    }),
  );
}

function aliyunReport(bizId: string, changes: object = {}) {
  return {
    phone_number: PHONE,
    send_time: '2026-07-10 12:00:00',
    report_time: '2026-07-10 12:00:05',
    success: true,
    err_code: 'DELIVERED',
    err_msg: '用户接收成功',
    sms_size: '1',
    biz_id: bizId,
    out_id: '',
    ...changes,
  };
}

function tencentReport(sid: string, changes: object = {}) {
  return {
    user_receive_time: '2026-07-10 12:00:05',
    nationcode: '86',
    mobile: PHONE,
    report_status: 'SUCCESS',
    errmsg: 'DELIVRD',
    description: '用户短信送达成功',
    sid,
    ...changes,
  };
}

async function push(url: string, body: unknown, more: { remoteAddress?: string; contentType?: string } = {}) {
  const response = await harness.api.inject({
    method: 'POST',
    url,
    headers: { 'content-type': more.contentType ?? 'application/json; charset=utf-8' },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    ...(more.remoteAddress === undefined ? {} : { remoteAddress: more.remoteAddress }),
  });
  return { status: response.statusCode, body: response.json(), text: response.body };
}

describe('the address', () => {
  it.each([
    ['a wrong secret', `/v1/callbacks/aliyun/${'0'.repeat(64)}`],
    ['a secret cut short', ALIYUN.receipts.slice(0, -1)],
    ['the secret of another provider', `/v1/callbacks/aliyun/${callbackPathSecret(CALLBACK_SECRET, 'tencent')}`],
    ['the deployment secret itself', `/v1/callbacks/aliyun/${encodeURIComponent(CALLBACK_SECRET)}`],
    ['a provider that is not there', callbackPaths(CALLBACK_SECRET, 'nobody').receipts],
    ['a wrong secret for texts', `/v1/callbacks/aliyun/${'0'.repeat(64)}/inbound`],
  ])('refuses %s with 401, before it reads, and keeps nothing', async (_case, url) => {
    const before = await harness.count('receipt');
    const answer = await push(url, '{ not json');
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('urn:creditloom:problem:unauthenticated');
    expect((await harness.api.inject({ method: 'GET', url })).statusCode).toBe(401);
    expect(await harness.count('receipt')).toBe(before);
  });

  it('is told in no log and in no answer, nor is what was pushed', async () => {
    await push(ALIYUN.receipts, [aliyunReport('logged^0')]);
    await push(ALIYUN.inbound, [{ phone_number: PHONE, content: '退订吗谢谢', sequence_id: 5 }]);
    const refused = await push(ALIYUN.receipts, [{ ...aliyunReport('logged^0'), success: PHONE }]);
    const wrong = await push(`/v1/callbacks/aliyun/${'ab'.repeat(32)}`, []);
    const seen = [...harness.log, refused.text, wrong.text].join('\n');
    expect(harness.log.length).toBeGreaterThan(4);
    expect(seen).toContain('/v1/callbacks/:provider/:secret');
    for (const secret of [ALIYUN.receipts.split('/')[4] ?? '', CALLBACK_SECRET, 'ab'.repeat(32), PHONE, '退订吗谢谢']) {
      expect(seen).not.toContain(secret);
    }
  });

  it('may be held to networks, and believes no header about where a push comes from', async () => {
    const { context, api } = harness;
    const callbacks = { ...context.callbacks, addresses: { aliyun: ['203.0.113.0/24', 'fd00::/8'] } };
    harness.api = await createServer({ ...context, callbacks });
    try {
      const report = [aliyunReport('from-a-network^0')];
      expect((await push(ALIYUN.receipts, report, { remoteAddress: '203.0.114.1' })).status).toBe(403);
      const forwarded = await harness.api.inject({
        method: 'POST',
        url: ALIYUN.receipts,
        payload: '[]',
        remoteAddress: '203.0.114.1',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
      });
      expect(forwarded.statusCode).toBe(403);
      for (const remoteAddress of ['203.0.113.9', '::ffff:203.0.113.9', 'fd00::1']) {
        expect((await push(ALIYUN.receipts, report, { remoteAddress })).status).toBe(200);
      }
      expect((await push(TENCENT.receipts, [], { remoteAddress: '198.51.100.1' })).status).toBe(200);
    } finally {
      await harness.api.close();
      harness.api = api;
    }
  });

  it('believes our own proxy about where a push comes from', async () => {
    const { context, api } = harness;
    const callbacks = { ...context.callbacks, addresses: { aliyun: ['203.0.113.0/24'] } };
    harness.api = await createServer({ ...context, callbacks, trustedProxies: ['10.0.0.5'] });
    try {
      const through = (forwardedFor: string) =>
        harness.api.inject({
          method: 'POST',
          url: ALIYUN.receipts,
          payload: '[]',
          remoteAddress: '10.0.0.5',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': forwardedFor },
        });
      expect((await through('203.0.113.9')).statusCode).toBe(200);
      expect((await through('203.0.113.9, 198.51.100.1')).statusCode).toBe(403);
    } finally {
      await harness.api.close();
      harness.api = api;
    }
  });

  it('does not start with networks for a provider that is not there: they would protect nobody', async () => {
    const { context } = harness;
    const callbacks = { ...context.callbacks, addresses: { alyun: ['203.0.113.0/24'] } };
    await expect(createServer({ ...context, callbacks })).rejects.toThrow('CALLBACK_ADDRESSES names alyun');
  });

  it('answers the GET by which Aliyun looks whether it is there', async () => {
    const answer = await harness.api.inject({ method: 'GET', url: ALIYUN.receipts });
    expect({ status: answer.statusCode, body: answer.json() }).toEqual({ status: 200, body: ALIYUN_OK });
    expect((await harness.api.inject({ method: 'GET', url: ALIYUN.inbound })).json()).toEqual(ALIYUN_OK);
    expect((await harness.api.inject({ method: 'HEAD', url: ALIYUN.receipts })).statusCode).toBe(404);
  });
});

describe('receipts', () => {
  it('of Aliyun end a notice, by its message or by our reference alone', async () => {
    const known = await sentNotice('aliyun', 'biz-1^0', 'notice-1.1');
    const inDoubt = await sentNotice('aliyun', undefined, 'notice-2.1');
    const answer = await push(ALIYUN.receipts, [
      aliyunReport('biz-1^0', { out_id: 'notice-1.1' }),
      aliyunReport('biz-2^0', { out_id: 'notice-2.1', success: false, err_code: 'MOBILE_SEND_LIMIT' }),
    ]);
    expect(answer).toMatchObject({ status: 200, body: ALIYUN_OK });
    expect(await statusOf(known)).toBe('delivered');
    expect(await statusOf(inDoubt)).toBe('undelivered');
  });

  it('of Tencent end a notice, and are answered as Tencent wants', async () => {
    const known = await sentNotice('tencent', '8:abc', 'notice-3.1');
    const inDoubt = await sentNotice('tencent', undefined, 'notice-4.1');
    const answer = await push(TENCENT.receipts, [
      tencentReport('8:abc', { report_status: 'FAIL', errmsg: 'UNDELIV' }),
      tencentReport('8:def', { ext: 'notice-4.1' }),
    ]);
    expect(answer).toMatchObject({ status: 200, body: { result: 0, errmsg: 'OK' } });
    expect(await statusOf(known)).toBe('undelivered');
    expect(await statusOf(inDoubt)).toBe('delivered');
  });

  it('of one provider never end what another one sent', async () => {
    const id = await sentNotice('tencent', 'same-id', 'notice-5.1');
    await push(ALIYUN.receipts, [aliyunReport('same-id', { out_id: 'notice-5.1' })]);
    expect(await statusOf(id)).toBe('accepted');
  });

  it('come 1,000 in one body, and again, and are kept once', async () => {
    const before = await harness.count('receipt');
    const thousand = Array.from({ length: 1000 }, (_, index) => aliyunReport(`many-${index}^0`));
    expect((await push(ALIYUN.receipts, thousand)).status).toBe(200);
    expect(await harness.count('receipt')).toBe(before + 1000);
    expect((await push(ALIYUN.receipts, [...thousand].reverse())).status).toBe(200);
    expect(await harness.count('receipt')).toBe(before + 1000);
  });

  it('of messages that nobody knows are kept, and hold no phone', async () => {
    await push(ALIYUN.receipts, [aliyunReport('of-nobody^0', { err_code: `code ${PHONE}`, err_msg: PHONE })]);
    const { rows } = await harness.owner.query("select * from receipt where provider_message_id = 'of-nobody^0'");
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ status: 'delivered', code: 'unreadable' });
    expect(JSON.stringify(rows)).not.toContain(PHONE);
  });

  it('pushed twice at once are kept once', async () => {
    const id = await sentNotice('aliyun', 'at-once^0', 'notice-6.1');
    const body = Array.from({ length: 20 }, (_, index) =>
      aliyunReport(index === 7 ? 'at-once^0' : `at-once-${index}^0`),
    );
    const answers = await Promise.all([push(ALIYUN.receipts, body), push(ALIYUN.receipts, [...body].reverse())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await statusOf(id)).toBe('delivered');
  });

  it.each([
    ['no JSON', '{ not json'],
    ['an object', {}],
    ['nothing', ''],
    ['broken UTF-8', Buffer.concat([Buffer.from('["'), Buffer.from([0xff, 0xfe]), Buffer.from('"]')])],
    ['1,001 reports', Array.from({ length: 1001 }, () => aliyunReport('bad-1^0'))],
  ])('refuse %s whole with a problem, and keep it raw', async (_case, body) => {
    const before = await harness.count('receipt');
    const troubles = await harness.count('receipt_trouble');
    const answer = await push(ALIYUN.receipts, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ type: 'urn:creditloom:problem:invalid-request', field: 'body' });
    expect(await harness.count('receipt')).toBe(before);
    expect(await harness.count('receipt_trouble')).toBe(troubles + 1);
  });

  it.each([
    ['an entry that is none', '"text"', 'an entry is not a JSON object'],
    ['a success in words', JSON.stringify(aliyunReport('x', { success: 'true' })), 'success is neither true nor false'],
    ['a report without a message', JSON.stringify(aliyunReport('')), 'biz_id is missing'],
    ['a message that is no id', JSON.stringify(aliyunReport('a b')), 'biz_id is not an id'],
    [
      'a report that says a thing twice',
      `{"success":false,${JSON.stringify(aliyunReport('x')).slice(1)}`,
      'success is told twice',
    ],
    ['nothing at all', 'null', 'an entry is not a JSON object'],
    ['a list in a list', `[${JSON.stringify(aliyunReport('x'))}]`, 'an entry is not a JSON object'],
  ])('beside a bad one are kept and answered as taken: %s', async (what, row, fault) => {
    const before = await harness.count('receipt');
    const reference = `beside-${fault.length}-${what.length}.1`;
    const id = await sentNotice('aliyun', `${reference}^0`, reference);
    const good = JSON.stringify(aliyunReport(`${reference}^0`));
    const raw = `[ ${good} ,\n ${row},${JSON.stringify(aliyunReport(`${reference}^1`))}]`;
    for (const _again of [1, 2]) {
      expect(await push(ALIYUN.receipts, raw)).toMatchObject({ status: 200, body: ALIYUN_OK });
    }
    expect([await statusOf(id), await harness.count('receipt')]).toEqual(['delivered', before + 2]);
    expect(await keptRaw(fault)).toContain(row);
    const told = harness.log.filter((line) => line.includes('kept raw'));
    expect(told.map((line) => JSON.parse(line))).toMatchObject(
      [1, 2].map(() => ({ level: 50, provider: 'aliyun', unreadable: 1, faults: [fault] })),
    );
    expect(told.join()).not.toContain(PHONE);
  });

  it('that are all bad are taken too, because they are kept', async () => {
    const rows = [aliyunReport('bad-3^0', { success: 1 }), tencentReport('8:x')];
    expect(await push(ALIYUN.receipts, rows)).toMatchObject({ status: 200, body: ALIYUN_OK });
    expect(await push(TENCENT.receipts, [tencentReport('', {}), tencentReport('8:y')])).toMatchObject({ status: 200 });
  });

  it('that cannot be told apart are kept, and said to be in doubt', async () => {
    const [first, second] = [
      await sentNotice('tencent', '8:twice', 'notice-7.1'),
      await sentNotice('tencent', '8:twice', 'notice-8.1'),
    ];
    expect((await push(TENCENT.receipts, [tencentReport('8:twice')])).status).toBe(200);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['accepted', 'accepted']);
    expect(harness.log.filter((line) => line.includes('receipts ambiguous'))).toHaveLength(1);
    const { receiptTroubles } = (await harness.get('/v1/providers')).body;
    expect(receiptTroubles.filter((each: { reason: string }) => each.reason !== 'unreadable')).toMatchObject([
      { provider: 'tencent', reason: 'ambiguous', providerMessageId: '8:twice' },
    ]);
    expect(JSON.stringify(receiptTroubles)).not.toContain(PHONE);
  });

  it('above 1 MB are refused unread', async () => {
    const answer = await push(ALIYUN.receipts, `["${'x'.repeat(1_048_576)}"]`);
    expect(answer.status).toBe(413);
  });
});

describe('texts of borrowers', () => {
  const commandsOf = (phone: string) =>
    readInboundCommands(harness.pool, {
      tenantId: TENANT,
      phoneFingerprint: harness.context.vault.fingerprint(TENANT, 'phone', phone),
    });

  it('of Aliyun are kept as commands, once each, without phone and words', async () => {
    const text = { phone_number: PHONE, content: 'Ｔｄ。', send_time: '2026-07-10 12:00:00', sequence_id: 77 };
    const other = { ...text, phone_number: '0086 138 0000 0001', content: '我想协商还款', sequence_id: 78 };
    expect(await push(ALIYUN.inbound, [text, other])).toMatchObject({ status: 200, body: ALIYUN_OK });
    expect((await push(ALIYUN.inbound, [text])).status).toBe(200);
    expect(await commandsOf('13800000001')).toMatchObject([{ command: 'other', provider: 'aliyun' }]);
    expect((await commandsOf(PHONE)).filter(({ command }) => command === 'TD')).toHaveLength(1);
    const { rows } = await harness.owner.query('select * from inbound_text');
    const kept = JSON.stringify(rows);
    for (const word of [PHONE, '13800000001', '协商', '77']) expect(kept).not.toContain(`"${word}`);
    expect(kept).not.toContain('协商');
  });

  it('of Tencent come one at a time', async () => {
    const text = {
      extend: '',
      mobile: '13800000002',
      nationcode: '86',
      sign: '示例',
      text: ' r ',
      time: 1_783_656_000,
    };
    expect(await push(TENCENT.inbound, text)).toMatchObject({ status: 200, body: { result: 0, errmsg: 'OK' } });
    await push(TENCENT.inbound, text);
    await push(TENCENT.inbound, { ...text, time: 1_783_656_060 });
    expect((await commandsOf('13800000002')).map(({ command }) => command)).toEqual(['R', 'R']);
  });

  it('from what is no mobile phone of mainland China are answered and left', async () => {
    const before = await harness.count('inbound_text');
    const foreign = { mobile: '5551234567', nationcode: '1', text: 'R', time: 1 };
    expect((await push(TENCENT.inbound, foreign)).status).toBe(200);
    expect((await push(ALIYUN.inbound, [{ phone_number: '10086', content: 'R', sequence_id: 1 }])).status).toBe(200);
    expect(await harness.count('inbound_text')).toBe(before);
  });

  it('beside one that is not readable are kept, and that one is kept raw', async () => {
    const troubles = await harness.count('receipt_trouble');
    const text = { phone_number: '13800000003', content: 'TD', send_time: '2026-07-10 12:00:00', sequence_id: 79 };
    expect((await push(ALIYUN.inbound, [{ content: 'R' }, text, 7])).status).toBe(200);
    expect((await commandsOf('13800000003')).map(({ command }) => command)).toEqual(['TD']);
    expect(await harness.count('receipt_trouble')).toBe(troubles + 2);
  });

  it('that come alone and are not readable are refused, and kept raw', async () => {
    const troubles = await harness.count('receipt_trouble');
    expect((await push(TENCENT.inbound, [{ mobile: PHONE }])).status).toBe(400);
    expect((await push(TENCENT.inbound, { mobile: PHONE })).status).toBe(400);
    expect(await harness.count('receipt_trouble')).toBe(troubles + 2);
  });
});

describe('a gateway that pushes by GET', () => {
  const GATEWAY = callbackPaths(CALLBACK_SECRET, 'http-gateway').receipts;
  const call = async (query: Record<string, string | string[]>, method: 'GET' | 'POST' = 'GET') => {
    const response = await harness.api.inject({ method, url: GATEWAY, query });
    return { status: response.statusCode, text: response.body };
  };

  it('has one address for receipts and texts, and is answered with nothing', async () => {
    const id = await sentNotice('http-gateway', undefined, 'notice-9.1');
    const receipt = { event: 'receipt', reference: 'notice-9.1', type: '1', reply: 'stat:DELIVRD err:000' };
    expect(await call(receipt)).toEqual({ status: 200, text: '' });
    expect(await statusOf(id)).toBe('delivered');
    const before = await harness.count('inbound_text');
    expect(await call({ event: 'inbound', from: '+8613800000009', coding: '0', hex: '5444', at: '1' })).toEqual({
      status: 200,
      text: '',
    });
    expect(await harness.count('inbound_text')).toBe(before + 1);
  });

  it('is refused where it asks in two ways at once, in another way, or not at all', async () => {
    const before = await harness.count('receipt');
    expect((await call({ event: ['receipt', 'inbound'], reference: 'n-1', type: '1' })).status).toBe(400);
    expect((await call({ event: 'receipt', reference: 'n-1', type: '7' })).status).toBe(400);
    expect((await call({})).status).toBe(400);
    expect((await call({ event: 'receipt', reference: 'n-1', type: '1' }, 'POST')).status).toBe(404);
    expect(await harness.count('receipt')).toBe(before);
  });
});

it('every provider of the registry has the name that it is found by, and its answer is what it documents', () => {
  for (const [name, callbacks] of callbacksOf()) expect(callbacks.name).toBe(name);
  expect(() => callbacksOf(['nobody'])).toThrow('there are no callbacks of a provider nobody');
});
