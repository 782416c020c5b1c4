/** Who a borrower is does not change by what callers send: another number is refused, and each version says whence it came. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contentHash } from '../../../src/db/contentHash';
import { activateTemplate } from '../../../src/db/messaging/templates/templates';
import { readPhone } from '../../../src/db/origination/identities';
import { erasePerson } from '../../../src/db/origination/personKeys';
import { inTransaction } from '../../../src/db/transaction';
import { SIGNATURE, TEMPLATES } from '../../../src/domain/policy/shippedTemplates';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { byContent } from '../../support/inOrder';
import { applicationOf, type Harness, NOW_MS, openedAccount, PERSON, startHarness, TENANT } from '../harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.clock.nowMs = NOW_MS;
});
afterAll(() => harness.close());

const NEW_PHONE = '19900000002';
const WARNING = {
  tenantId: TENANT,
  kind: 'phone-changed',
  signature: SIGNATURE,
  ...TEMPLATES['phone-changed'],
} as const;
const TABLES = ['borrower', 'vault_identity_version', 'application', 'idempotency_record'];
const counts = () => Promise.all(TABLES.map(harness.count));

/** An application of a borrower who is named by id. */
const applied = (applicationId: string, borrowerId: string, changes: Partial<typeof PERSON> = {}) =>
  harness.post('/v1/applications', applicationOf(applicationId, { borrower: { borrowerId, ...PERSON, ...changes } }));

describe('an application that names a known borrower', () => {
  it.each([
    ['another identity number', { idNumber: '11010519491231002X' }, 'borrower-identity', 'borrower.idNumber'],
    ['another phone', { phone: NEW_PHONE }, 'borrower-phone', 'borrower.phone'],
  ])('with %s is refused, writes nothing and repeats nothing', async (_case, changes, kind, field) => {
    const borrowerId = `known-${kind}`;
    expect((await applied(`first-${kind}`, borrowerId)).status).toBe(202);
    const before = await counts();
    const { status, body, text } = await applied(`second-${kind}`, borrowerId, changes);
    expect({ status, type: body.type, field: body.field }).toEqual({
      status: 409,
      type: `urn:creditloom:problem:${kind}`,
      field,
    });
    expect(await counts()).toEqual(before);
    expect(harness.gateway.asked).toHaveLength(1);
    for (const told of [...Object.values(PERSON), ...Object.values(changes), borrowerId])
      expect(text).not.toContain(told);
    // Nor by sending the first application again with it.
    expect((await applied(`first-${kind}`, borrowerId, changes)).status).toBe(409);
    expect(await counts()).toEqual(before);
  });

  it('with the same person is taken, and adds no version', async () => {
    await applied('same-1', 'same');
    const versions = await harness.count('vault_identity_version');
    expect((await applied('same-2', 'same')).status).toBe(202);
    expect(await harness.count('vault_identity_version')).toBe(versions);
  });

  it('of two at once with different numbers one is taken', async () => {
    const answers = await Promise.all([
      applied('race-1', 'race'),
      applied('race-2', 'race', { idNumber: '11010519491231002X' }),
    ]);
    expect(answers.map(({ status }) => status).sort(byContent)).toEqual([202, 409]);
  });

  it('under another name keeps both names, each with source, key and date', async () => {
    await applied('name-1', 'renamed');
    harness.clock.nowMs += 86_400_000;
    expect((await applied('name-2', 'renamed', { name: '样例新名' })).status).toBe(202);
    const { body, text } = await harness.get('/v1/borrowers/renamed/identity');
    expect(body.items.filter(({ field }: { field: string }) => field === 'name')).toEqual([
      { field: 'name', version: 1, source: 'application', sourceId: 'name-1', recordedBy: 'key-1', atMs: NOW_MS },
      {
        field: 'name',
        version: 2,
        source: 'application',
        sourceId: 'name-2',
        recordedBy: 'key-1',
        atMs: NOW_MS + 86_400_000,
      },
    ]);
    for (const value of Object.values(PERSON)) expect(text).not.toContain(value);
  });
});

describe('a change of phone', () => {
  const URL = (borrowerId: string) => `/v1/borrowers/${borrowerId}/phone-changes`;
  const change = (borrowerId: string, changeId: string, phone: string, key?: string) =>
    harness.post(URL(borrowerId), { changeId, phone }, key);

  beforeAll(() => openedAccount(harness, 'card', 'revolving'));
  const OWNER = 'borrower-of-application-of-card';

  it('is done once by its id, and told through an account, also when that was lost', async () => {
    expect((await change(OWNER, 'c-0', PERSON.phone)).body).toEqual({ changeId: 'c-0', status: 'first', version: 1 });
    expect(harness.gateway.asked).toEqual([]);
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    expect((await change(OWNER, 'c-1', NEW_PHONE, 'key-of-c-1')).status).toBe(503);
    harness.gateway.fault = undefined;
    expect((await change(OWNER, 'c-1', NEW_PHONE, 'key-of-c-1')).body).toMatchObject({
      status: 'repeated',
      version: 2,
    });
    expect(JSON.stringify(harness.gateway.asked)).not.toContain(NEW_PHONE);
    const look = { kind: 'signal', name: 'lookAgain', account: { accountId: 'card' } };
    expect(harness.gateway.asked).toMatchObject([look, look]);
    expect((await change(OWNER, 'c-2', NEW_PHONE)).body).toMatchObject({ status: 'unchanged', version: 2 });
    expect(await change(OWNER, 'c-1', '19900000003')).toMatchObject({ status: 409, body: { field: 'changeId' } });
    expect(await readPhone(harness.pool, harness.context.vault, { tenantId: TENANT, borrowerId: OWNER })).toBe(
      NEW_PHONE,
    );
  });

  it('of who has no account is told in the inbox of the app', async () => {
    await applied('inbox-1', 'no-account');
    await inTransaction(harness.pool, (client) => activateTemplate(client, WARNING));
    expect((await change('no-account', 'c-1', NEW_PHONE)).body).toMatchObject({ status: 'changed' });
    const { items } = (await harness.get('/v1/borrowers/no-account/inbox')).body;
    expect(items).toMatchObject([{ text: expect.stringMatching(/手机号已申请更换/) }]);
    expect(harness.gateway.asked.filter(({ kind }) => kind === 'signal')).toEqual([]);
  });

  it('needs a scope of its own: who may apply or write contacts changes no phone', async () => {
    const key = await harness.key('applications:write', 'contacts:write');
    const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'no-scope' };
    const asked = {
      method: 'POST',
      url: URL(OWNER),
      headers,
      payload: { changeId: 'c-9', phone: PERSON.phone },
    } as const;
    expect(await harness.call(asked)).toMatchObject({ status: 403, body: { scope: 'phones:change' } });
  });

  it('of who was erased is refused, and so is an application', async () => {
    await applied('erased-1', 'erased');
    const erased = { tenantId: TENANT, borrowerId: 'erased', erasedBy: 'staff-7', atMs: NOW_MS };
    await inTransaction(harness.pool, (client) => erasePerson(client, erased));
    for (const { status, body } of [await change('erased', 'c-1', NEW_PHONE), await applied('erased-2', 'erased')]) {
      expect([status, body.type]).toEqual([409, 'urn:creditloom:problem:borrower-erased']);
    }
    expect((await harness.get('/v1/borrowers/erased/identity')).body.items).toEqual([]);
  });

  it('may be followed by the application that came before it, sent again as it was', async () => {
    await applied('before-1', 'moved');
    await change('moved', 'c-1', NEW_PHONE);
    expect((await applied('before-1', 'moved')).status).toBe(202);
    expect((await applied('after-1', 'moved')).status).toBe(409);
    expect((await applied('after-1', 'moved', { phone: NEW_PHONE })).status).toBe(202);
  });
});

describe('the record of a request', () => {
  const plain = (id: string | undefined, body: unknown) =>
    contentHash({ params: id === undefined ? {} : { id }, body });
  const hashOf = async (key: string): Promise<string> => {
    const { rows } = await harness.pool.query('select input_hash from idempotency_record where idempotency_key = $1', [
      key,
    ]);
    return rows[0].input_hash;
  };

  it('keeps no hash that a phone, a number or an address could be guessed from', async () => {
    const body = applicationOf('hashed-1', { borrower: { borrowerId: 'hashed', ...PERSON } });
    await harness.post('/v1/applications', body, 'hashed-application');
    expect(await hashOf('hashed-application')).not.toBe(plain(undefined, body));
    const change = { changeId: 'c-1', phone: NEW_PHONE };
    await harness.post('/v1/borrowers/hashed/phone-changes', change, 'hashed-phone');
    expect(await hashOf('hashed-phone')).not.toBe(plain('hashed', change));
  });

  it('from before hashes were keyed is still that of the same request, and of no other', async () => {
    const body = applicationOf('hashed-2', { borrower: { borrowerId: 'hashed', ...PERSON, phone: NEW_PHONE } });
    expect((await harness.post('/v1/applications', body, 'hashed-before')).status).toBe(202);
    await harness.owner.query('update idempotency_record set input_hash = $2 where idempotency_key = $1', [
      'hashed-before',
      plain(undefined, body),
    ]);
    const again = await harness.post('/v1/applications', body, 'hashed-before');
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([202, 'true']);
    const other = await harness.post('/v1/applications', { ...body, requestedFen: 600_000 }, 'hashed-before');
    expect(other.status).toBe(409);
  });
});

describe('a problem document', () => {
  const SAID = ['13812348000', '样例姓名', '11010519491231002X'];
  const refusedBody = (body: unknown) => harness.post('/v1/applications', body);

  it.each(SAID)('repeats no name of a field that says %s', async (said) => {
    const bodies = [
      { [said]: 1 },
      { ...applicationOf('x'), identity: { [said]: 'matched' } },
      { ...applicationOf('x'), borrower: { ...PERSON, borrowerId: 'b', [said]: [said] } },
    ];
    for (const body of bodies) {
      const { status, text } = await refusedBody(body);
      expect([status, text.includes(said)]).toEqual([400, false]);
    }
    const twice = `{"${said}": 1, "${said}": 2}`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'twice' };
    const answer = await harness.call({ method: 'POST', url: '/v1/applications', headers, payload: twice });
    expect([answer.status, answer.text.includes(said)]).toEqual([400, false]);
  });

  it('about an application that was received before repeats nothing of it', async () => {
    await applied('told-by-nobody-4711', 'applicant-4711');
    const other = applicationOf('told-by-nobody-4711', {
      borrower: { borrowerId: 'applicant-4711', ...PERSON },
      requestedFen: 777_700,
    });
    const { status, text } = await harness.post('/v1/applications', other);
    expect(status).toBe(409);
    expect(text).not.toMatch(/4711|7777/);
  });
});
