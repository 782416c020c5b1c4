/** Holds, choices, the inbox and stopped providers over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import { stopProvider } from '../../../src/db/messaging/delivery/providerStops';
import { inTransaction } from '../../../src/db/transaction';
import type { ContactField } from '../../../src/db/vault';
import { readContactStanding } from '../../support/ofOne';
import { type Harness, NOW_MS, openedAccount, startHarness, TENANT } from '../harness';

let harness: Harness;
const BORROWER = 'borrower-of-application-of-card';
const standing = () =>
  readContactStanding(harness.pool, { tenantId: TENANT, borrowerId: BORROWER, accountId: 'card', asOfMs: NOW_MS + 1 });

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
});
afterAll(() => harness.close());

describe('a hold', () => {
  const URL = `/v1/borrowers/${BORROWER}/holds`;
  const DISPUTE = { holdId: 'h-1', kind: 'dispute', placedBy: 'staff-7', accountId: 'card' };

  it('is placed once by its id, in force at once, shown, and lifted once', async () => {
    expect(await harness.post(URL, DISPUTE)).toMatchObject({ status: 201, body: { holdId: 'h-1', status: 'placed' } });
    expect(await harness.post(URL, DISPUTE)).toMatchObject({ status: 201, body: { status: 'repeated' } });
    const other = { ...DISPUTE, kind: 'hardship' };
    expect(await harness.post(URL, other)).toMatchObject({ status: 409, body: { field: 'holdId' } });
    expect((await standing()).holds).toEqual(['dispute']);
    expect((await harness.get(URL)).body.items).toMatchObject([{ holdId: 'h-1', placedBy: 'staff-7', liftedBy: null }]);
    const { rows } = await harness.pool.query(`select placed_principal as by from contact_hold where hold_id = 'h-1'`);
    expect(rows).toEqual([{ by: 'system:test' }]);
    const lift = { liftedBy: 'staff-8' };
    expect(await harness.post('/v1/holds/h-1/lift', lift)).toMatchObject({ status: 200, body: { status: 'lifted' } });
    expect((await harness.post('/v1/holds/h-1/lift', lift)).status).toBe(404);
    expect((await standing()).holds).toEqual([]);
  });

  it('of a region holds for everybody whose region begins so, until its time', async () => {
    const contact = { region: '510100', utcOffsetMinutes: 480 };
    const put = await harness.call({
      method: 'PUT',
      url: `/v1/borrowers/${BORROWER}/contact`,
      payload: contact,
      headers: { 'idempotency-key': 'put-1' },
    });
    expect(put).toMatchObject({ status: 200, body: { status: 'kept' } });
    const until = new Date(NOW_MS + 86_400_000).toISOString();
    const flood = { holdId: 'flood', kind: 'disaster', placedBy: 'staff-7', region: '51', until };
    expect((await harness.post('/v1/holds', flood)).status).toBe(201);
    expect(await standing()).toMatchObject({ holds: ['disaster'], region: '510100', utcOffsetMinutes: 480 });
    const after = { tenantId: TENANT, borrowerId: BORROWER, accountId: 'card', asOfMs: NOW_MS + 2 * 86_400_000 };
    expect((await readContactStanding(harness.pool, after)).holds).toEqual([]);
  });

  it('of somebody who is not there stops nothing, and says so', async () => {
    const bereavement = { holdId: 'h-3', kind: 'bereavement', placedBy: 'staff-7' };
    const before = [await harness.count('borrower'), await harness.count('contact_hold')];
    expect(await harness.post('/v1/borrowers/borrower-of-a-typing-error/holds', bereavement)).toMatchObject({
      status: 404,
      body: { field: 'id', detail: 'There is no such borrower.' },
    });
    expect([await harness.count('borrower'), await harness.count('contact_hold')]).toEqual(before);
    expect((await harness.post(URL, bereavement)).status).toBe(201);
    expect((await harness.post('/v1/holds/h-3/lift', { liftedBy: 'staff-8' })).status).toBe(200);
  });

  it('of an account that is not there, or is not of this borrower, is 404', async () => {
    await openedAccount(harness, 'other', 'cash-loan');
    for (const accountId of ['crad', 'other']) {
      const answer = await harness.post(URL, { ...DISPUTE, holdId: `h-${accountId}`, accountId });
      expect(answer).toMatchObject({
        status: 404,
        body: { field: 'accountId', detail: 'The borrower has no such account.' },
      });
    }
    expect(await harness.count(`contact_hold where hold_id in ('h-crad', 'h-other')`)).toBe(0);
  });

  it('that comes again with another end is another one', async () => {
    const until = (days: number) => new Date(NOW_MS + days * 86_400_000).toISOString();
    const hold = { holdId: 'h-4', kind: 'hardship', placedBy: 'staff-7', until: until(1) };
    expect((await harness.post(URL, hold)).status).toBe(201);
    expect((await harness.post(URL, hold)).body.status).toBe('repeated');
    expect((await harness.post(URL, { ...hold, until: until(30) })).status).toBe(409);
  });

  it.each([
    ['kind', { ...DISPUTE, holdId: 'h-2', kind: 'boredom' }],
    ['placedBy', { ...DISPUTE, holdId: 'h-2', placedBy: '' }],
    ['until', { ...DISPUTE, holdId: 'h-2', until: 'tomorrow' }],
  ])('with a wrong %s is refused and not kept', async (field, body) => {
    const refused = await harness.post(URL, body);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ field }]);
    expect((await harness.get(URL)).body.items.map(({ holdId }: { holdId: string }) => holdId)).not.toContain('h-2');
  });
});

it('the inbox is read by its own borrower, and a message is noted as read once', async () => {
  await harness.owner.query(
    `insert into inbox_message (tenant_id, borrower_id, reference, text, at_ms) values ($1, $2, 'r.1', '【示例消金】您好', $3)`,
    [TENANT, BORROWER, NOW_MS],
  );
  const url = `/v1/borrowers/${BORROWER}/inbox`;
  const { items } = (await harness.get(url)).body;
  expect(items).toMatchObject([{ text: '【示例消金】您好', readAtMs: null }]);
  const [{ messageId }] = items;
  expect((await harness.post(`${url}/${messageId}/read`, undefined)).status).toBe(200);
  expect((await harness.get(url)).body.items[0].readAtMs).toBe(NOW_MS);
  await openedAccount(harness, 'of-somebody-else', 'revolving');
  const other = '/v1/borrowers/borrower-of-application-of-of-somebody-else/inbox';
  expect((await harness.get(other)).body.items).toEqual([]);
  expect((await harness.post(`${other}/${messageId}/read`, undefined)).status).toBe(404);
  expect((await harness.post(`/v1/borrowers/somebody-else/inbox/${messageId}/read`, undefined)).status).toBe(404);
});

it('a provider that its own answer stopped is shown with the reason, and resumed by a person', async () => {
  const stop = {
    tenantId: TENANT,
    provider: 'carrier-1',
    stoppedAtMs: NOW_MS,
    code: 'NO_BALANCE',
    detail: 'no balance',
  };
  await inTransaction(harness.pool, (client) => stopProvider(client, stop));
  await harness.owner.query(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms, expires_at_ms)
     values ($1, $2, 'card', 'due-soon', 'due-soon-1', 0, 3, $3::bigint, $3::bigint + 1)`,
    [TENANT, BORROWER, NOW_MS],
  );
  await harness.owner.query(
    `insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, attempted_at_ms)
     select tenant_id, notice_id, 1, 'carrier-2', 'r.1', 'delivered', $1 from notice`,
    [NOW_MS - 1],
  );
  expect((await harness.get('/v1/providers')).body.items).toMatchObject([
    { provider: 'carrier-2', attempts: 1, delivered: 1, refused: 0, stop: null },
    { provider: 'carrier-1', attempts: 0, stop: { code: 'NO_BALANCE' } },
  ]);
  const resume = () => harness.post('/v1/providers/carrier-1/resumption', { resumedBy: 'staff-7' });
  expect((await resume()).status).toBe(200);
  expect((await resume()).status).toBe(404);
  expect((await harness.get('/v1/providers')).body.items).toMatchObject([{ provider: 'carrier-2', stop: null }]);
});

describe('an e-mail address and a push token', () => {
  const URL = `/v1/borrowers/${BORROWER}/contact`;
  let puts = 0;
  const put = (payload: object) => {
    puts += 1;
    return harness.call({ method: 'PUT', url: URL, payload, headers: { 'idempotency-key': `ways-${puts}` } });
  };
  const kept = async (field: ContactField) => {
    const ref = { tenantId: TENANT, borrowerId: BORROWER, field };
    return (await readVaultContact(harness.pool, harness.context.vault, ref))?.value;
  };

  it('are kept in the vault, and withdrawn by null, each by itself', async () => {
    expect((await put({ email: 'lin@mail.example', pushToken: 'token-of-a-device' })).status).toBe(200);
    expect([await kept('email'), await kept('pushToken')]).toEqual(['lin@mail.example', 'token-of-a-device']);
    expect((await put({ region: '510100' })).status).toBe(200);
    expect((await put({ pushToken: null })).status).toBe(200);
    expect([await kept('email'), await kept('pushToken')]).toEqual(['lin@mail.example', undefined]);
    expect(await standing()).toMatchObject({ region: '510100' });
  });

  it.each([
    ['email', 'lin'],
    ['email', 'lin@mail.example, x@y.example'],
    ['email', 'lin@mail.example\r\nBcc: x@y.example'],
    ['email', 'Lin <lin@mail.example>'],
    ['email', `lin@${'abcd.'.repeat(60)}example`],
    ['email', ''],
    ['pushToken', 'with a space'],
    ['pushToken', 'short'],
  ])('a wrong %s is refused with the fix, and nothing of the request is kept: %j', async (field, value) => {
    const before = await kept('email');
    const other = field === 'email' ? { pushToken: 'token-of-another' } : { email: 'another@mail.example' };
    const refused = await put({ [field]: value, ...other });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect([await kept('email'), await kept('pushToken')]).toEqual([before, undefined]);
  });

  it('stand in no log and in no other table in clear', async () => {
    await put({ email: 'seldom@mail.example', pushToken: 'token-seldom-seen' });
    await put({ email: 'seldom@mail.example,', pushToken: 'token-seldom-seen' });
    expect(harness.log.join('')).not.toMatch(/seldom/);
    const { rows: tables } = await harness.owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const { rows } = await harness.owner.query(`select from "${name}" each where each::text like '%seldom%'`);
      expect([name, rows.length]).toEqual([name, 0]);
    }
  });
});
