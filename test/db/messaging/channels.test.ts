/** Addresses and push tokens in the vault, nudges made once, and the budget that counts them. */
import { describe, expect, test } from '@jest/globals';
import { markTakesNothing, readVaultContact, saveVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import { INBOX } from '../../../src/db/messaging/outbox/inbox';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { claimPush, markPush, type PushOutcome } from '../../../src/db/messaging/outbox/pushNotifications';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import { markAttempted, readContactStanding } from '../../support/ofOne';
import { DAY_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const vault = createVault({ keyId: 'k1', key: Buffer.alloc(32, 1) });
const ADDRESS = 'lin@mail.example';

describe('an address', () => {
  const ref = (borrowerId: string) => ({ tenantId: TENANT, borrowerId, field: 'email' as const });
  const save = (borrowerId: string, value: string | null) =>
    run(async (client) => {
      await ensureBorrower(client, { tenantId: TENANT, borrowerId });
      await saveVaultContact(client, vault, { ...ref(borrowerId), value });
    });
  const read = async (borrowerId: string) => (await readVaultContact(database.pool, vault, ref(borrowerId)))?.value;

  test('is kept unreadable, opens for its own row alone, and goes when it is withdrawn', async () => {
    await save('b-1', ADDRESS);
    await save('b-2', 'wang@mail.example');
    expect(await read('b-1')).toBe(ADDRESS);
    const { rows } = await database.owner.query('select vault_contact::text as whole from vault_contact');
    for (const { whole } of rows) {
      expect(whole).not.toContain('mail.example');
      expect(whole).not.toContain(Buffer.from('mail.example').toString('hex'));
    }
    await database.owner.query(
      `update vault_contact set value_encrypted = (select value_encrypted from vault_contact where borrower_id = 'b-2')
        where borrower_id = 'b-1'`,
    );
    await expect(read('b-1')).rejects.toThrow(/does not open/);
    await save('b-1', null);
    expect(await read('b-1')).toBeUndefined();
    expect(await read('b-2')).toBe('wang@mail.example');
  });

  test('that takes nothing is not read, also when it is given again; another one is', async () => {
    await save('b-3', ADDRESS);
    const fingerprint = vault.fingerprint(TENANT, 'email', ADDRESS);
    await run((client) => markTakesNothing(client, { ...ref('b-3'), fingerprint: 'of another address' }));
    expect(await read('b-3')).toBe(ADDRESS);
    await run((client) => markTakesNothing(client, { ...ref('b-3'), fingerprint }));
    expect(await read('b-3')).toBeUndefined();
    await save('b-3', ADDRESS);
    expect(await read('b-3')).toBeUndefined();
    await save('b-3', 'lin.new@mail.example');
    expect(await read('b-3')).toBe('lin.new@mail.example');
  });
});

/** A notice that was put into the inbox, of a borrower of its own. */
async function inInbox(name: string) {
  const ref = await run((client) => openAccount(client, name));
  const borrowerId = `${ref.accountId}-borrower`;
  const notices = [
    { kind: 'due-today' as const, dedupeKey: 'due-today/1', obligationKey: 'instalment-1', priority: 1 },
  ].map((notice) => ({ ...notice, sendAfterMs: NOW_MS, expiresAtMs: NOW_MS + DAY_MS }));
  await run((client) => planNotices(client, { ...ref, borrowerId, lane: 1, notices }));
  const { rows } = await database.owner.query('select notice_id as id from notice where account_id = $1', [
    ref.accountId,
  ]);
  const noticeId: string = rows[0].id;
  const said = { provider: INBOX, templateVersion: 1, text: 'text', parts: 1, atMs: NOW_MS };
  const made = await run((client) => markAttempted(client, { tenantId: TENANT, noticeId, ...said }));
  const claim = () =>
    run((client) => claimPush(client, { tenantId: TENANT, noticeId, reference: made?.reference ?? '', atMs: NOW_MS }));
  const mark = (outcome: PushOutcome) => run((client) => markPush(client, { tenantId: TENANT, noticeId, outcome }));
  const counted = async () => {
    const question = { tenantId: TENANT, borrowerId, accountId: ref.accountId, asOfMs: NOW_MS + 1 };
    return (await readContactStanding(database.pool, question)).sentAtMs;
  };
  return { noticeId, claim, mark, counted };
}

const REFUSED = { status: 'refused', failure: 'bad-address', code: 'http-410', detail: 'the app is gone' } as const;

describe('a nudge', () => {
  test('is claimed once, has one outcome, and stays', async () => {
    const { noticeId, claim, mark } = await inInbox('nudged');
    expect(await claim()).toBe(true);
    expect(await claim()).toBe(false);
    await mark({ status: 'unknown', detail: 'no whole answer within 300 ms' });
    await mark({ status: 'accepted' });
    const { rows } = await database.owner.query('select status from push_nudge where notice_id = $1', [noticeId]);
    expect(rows).toEqual([{ status: 'unknown' }]);
    for (const sql of [
      `update push_nudge set status = 'attempted' where notice_id = $1`,
      `update push_nudge set attempted_at_ms = attempted_at_ms + 1 where notice_id = $1`,
      'delete from push_nudge where notice_id = $1',
    ]) {
      await expect(database.owner.query(sql, [noticeId])).rejects.toMatchObject({
        code: '55000',
      });
    }
  });

  test('needs an attempt that put something into the inbox', async () => {
    const { noticeId } = await inInbox('unattempted');
    const made = { tenantId: TENANT, noticeId, reference: 'of nobody', atMs: NOW_MS };
    await expect(run((client) => claimPush(client, made))).rejects.toMatchObject({ code: '23503' });
  });

  test('counts in the budget of the borrower, unless it was refused; the inbox alone does not', async () => {
    const told = await inInbox('told');
    expect(await told.counted()).toEqual([]);
    await told.claim();
    // It may have rung already.
    expect(await told.counted()).toEqual([NOW_MS]);
    await told.mark({ status: 'accepted' });
    expect(await told.counted()).toEqual([NOW_MS]);
    const untold = await inInbox('untold');
    await untold.claim();
    await untold.mark(REFUSED);
    expect(await untold.counted()).toEqual([]);
  });
});
