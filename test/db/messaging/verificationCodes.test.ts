/** Codes of notices: drawn at random, kept as keyed hashes for one notice and phone, checked alike for everybody. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { seedTenant } from '../../../src/activities/operations/seedTenant';
import { CODE_ALPHABET, CODE_LENGTH, createNoticeCodes } from '../../../src/db/messaging/codes/codeDrawing';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { activateTemplate, listTemplates } from '../../../src/db/messaging/templates/templates';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { CODE_POLICY, HIDDEN_CODE, maskAmount } from '../../../src/domain/messaging/codes/verificationCodes';
import { SIGNATURE, TEMPLATES } from '../../../src/domain/policy/shippedTemplates';
import { activeTemplate, issueCode } from '../../support/ofOne';
import { LANE, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const codes = createNoticeCodes(Buffer.alloc(32, 1));
const PHONE = '13800000000';

/** A planned notice of an account of its own. */
async function aNotice(name: string): Promise<string> {
  const ref = await run((client) => openAccount(client, name));
  const notice = { kind: 'due-soon', dedupeKey: 'due-soon/1', obligationKey: 'instalment-1', priority: 3 } as const;
  const borrowerId = `${name}-borrower`;
  const notices = [{ ...notice, sendAfterMs: NOW_MS, expiresAtMs: NOW_MS + 1 }];
  await run((client) => planNotices(client, { ...ref, borrowerId, lane: LANE, notices }));
  const { rows } = await database.owner.query<{ noticeId: string }>(
    `select notice_id as "noticeId" from notice where account_id = $1`,
    [name],
  );
  return rows[0]?.noticeId ?? '';
}

const issued = (noticeId: string, code: string) => ({
  tenantId: TENANT,
  noticeId,
  phone: PHONE,
  code,
  product: 'cash-loan' as const,
  month: 3,
  maskedAmount: maskAmount(123_456),
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + CODE_POLICY.validForMs,
});

describe('a code', () => {
  test('is drawn at random from an alphabet without look-alikes', () => {
    const drawn = Array.from({ length: 2000 }, () => codes.draw());
    for (const code of drawn) expect(code).toMatch(new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`));
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(new Set(drawn.join(''))).toEqual(new Set(CODE_ALPHABET));
    expect(CODE_ALPHABET).not.toMatch(/[01AEIOUBGLSZ]/);
    expect(HIDDEN_CODE).toHaveLength(CODE_LENGTH);
  });

  test('is sealed under the key, for one tenant, one phone and one use', () => {
    const hash = codes.hashCode(TENANT, PHONE, '7H4KQ9XW');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      codes.hashCode('other', PHONE, '7H4KQ9XW'),
      codes.hashCode(TENANT, '13800000001', '7H4KQ9XW'),
      codes.hashCode(TENANT, PHONE, '7H4KQ9XY'),
      createNoticeCodes(Buffer.alloc(32, 2)).hashCode(TENANT, PHONE, '7H4KQ9XW'),
    ];
    for (const other of others) expect(other).not.toBe(hash);
    expect(codes.hashPhone(TENANT, '10.0.0.1')).not.toBe(codes.hashAddress(TENANT, '10.0.0.1'));
    expect(() => createNoticeCodes(Buffer.alloc(16))).toThrow('needs 32');
  });
});

describe('issuing', () => {
  let noticeId: string;
  beforeAll(async () => {
    noticeId = await aNotice('issuing');
  });

  test('keeps no code, no phone and no amount in clear, and repeats nothing', async () => {
    await run((client) => issueCode(client, codes, issued(noticeId, '7H4KQ9XW')));
    await run((client) => issueCode(client, codes, issued(noticeId, '7H4KQ9XW')));
    const { rows } = await database.owner.query('select * from notice_code');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ product: 'cash-loan', month: 3, masked_amount: '1,***.**元' });
    expect(JSON.stringify(rows)).not.toMatch(/7H4KQ9XW|13800000000|123456|1,234/);
  });

  test('another text of the same notice has its own code', async () => {
    await run((client) => issueCode(client, codes, issued(noticeId, 'CDFHJKMN')));
    const { rows } = await database.owner.query('select code_hash from notice_code where notice_id = $1', [noticeId]);
    expect(rows).toHaveLength(2);
  });

  test.each(['1,234.56元', '12.**元', '1,2**.**元', '1.5*元'])(
    'the database refuses the amount %s',
    async (maskedAmount) => {
      const telling = { ...issued(noticeId, 'PQRTVWXY'), maskedAmount };
      await expect(run((client) => issueCode(client, codes, telling))).rejects.toThrow(/masked_amount/);
    },
  );
});

test('a database with the texts of before gets those with codes', async () => {
  const kind = 'due-soon' as const;
  const before = { tenantId: TENANT, kind, version: 1, body: '您的{product}本期应还{amount}。', signature: SIGNATURE };
  await run((client) => activateTemplate(client, { ...before, approvedBy: 'staff-1' }));
  await seedTenant(database.owner, { tenantId: TENANT, policies: [] });
  expect(await activeTemplate(database.pool, { tenantId: TENANT, kind })).toMatchObject({
    version: TEMPLATES[kind].version,
  });
  const all = await listTemplates(database.pool, { tenantId: TENANT });
  expect(all.filter(({ status }) => status === 'active')).toHaveLength(Object.keys(TEMPLATES).length);
  expect(all.filter((template) => template.kind === kind).map(({ status }) => status)).toEqual([
    'superseded',
    'active',
  ]);
  await seedTenant(database.owner, { tenantId: TENANT, policies: [] });
  expect(await activeTemplate(database.pool, { tenantId: TENANT, kind })).toMatchObject({
    version: TEMPLATES[kind].version,
  });
});
