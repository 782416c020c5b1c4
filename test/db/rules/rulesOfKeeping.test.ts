/** What stays as it is, whatever a statement says, and what is kept: the database and the domain say the same. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listAsides, readWaitingAsides } from '../../../src/db/credit/setAsideArrivals';
import { markTakesNothing, readVaultContact, saveVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import type { Client } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import { ASIDE_STATES, type AsideState, asidesShown, asidesWaiting } from '../../../src/domain/credit/setAside';
import { DEBIT_STATUSES, debitMayBecome } from '../../../src/domain/debits/debitStatuses';
import { addressAfter, addressWithout, type KeptAddress } from '../../../src/domain/messaging/contact/contactStatus';
import {
  ATTEMPT_STATUSES,
  type AttemptStatus,
  attemptMayBecome,
  NOTICE_STATUSES,
  type NoticeStatus,
  noticeMayBecome,
} from '../../../src/domain/messaging/outbox/noticeStatuses';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['notice', 'notice_attempt', 'planned_debit', 'set_aside_arrival', 'vault_contact']);

const of = { tenant_id: TENANT };
const one = <Name extends string>(table: Record<Name, unknown>) => fc.constantFrom(...(Object.keys(table) as Name[]));

/** Whether the guard of a table lets its one row become another status. */
async function mayBecome(client: Client, [table, guard]: [string, string], status: string): Promise<boolean> {
  await client.query(`alter table ${table} enable trigger ${guard}`);
  await client.query('savepoint before');
  const done = await client.query(`update ${table} set status = $1`, [status]).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code !== '55000') throw error;
      return false;
    },
  );
  await client.query('rollback to savepoint before');
  await client.query(`alter table ${table} disable trigger ${guard}`);
  return done;
}

describe('what may follow what, by the guard of the table', () => {
  it('of a notice, with the attempts that were made of it', () =>
    compareOn(
      database,
      fc.record({
        from: one<NoticeStatus>(NOTICE_STATUSES),
        isClosed: fc.boolean(),
        attempts: fc.array(one<AttemptStatus>(ATTEMPT_STATUSES), { maxLength: 3 }),
      }),
      async (client, { from, isClosed, attempts }) => {
        // Of attempts that may have reached somebody there is one at most.
        await client.query('drop index notice_attempt_one_live');
        const row = { ...of, notice_id: uuidOf(0), dedupe_key: 'k', status: from };
        await put(client, 'notice', [{ ...row, closed_at_ms: isClosed ? NOW_MS : null }]);
        const made = numbered(attempts.map((status) => ({ status })));
        await put(
          client,
          'notice_attempt',
          made.map(({ status, index }) => ({ ...of, notice_id: uuidOf(0), attempt: index + 1, status })),
        );
        for (const to of Object.keys(NOTICE_STATUSES).filter((each) => each !== from) as NoticeStatus[]) {
          const may = noticeMayBecome(from, to, { isClosed, attempts });
          expect([from, to, await mayBecome(client, ['notice', 'notice_life'], to)]).toEqual([from, to, may]);
        }
      },
      80,
    ));

  it.each<[string, string, readonly string[], object, (from: never, to: never) => boolean]>([
    [
      'notice_attempt',
      'notice_attempt_life',
      Object.keys(ATTEMPT_STATUSES),
      { notice_id: uuidOf(0), attempt: 1 },
      attemptMayBecome,
    ],
    [
      'planned_debit',
      'debit_life',
      Object.keys(DEBIT_STATUSES),
      { account_id: 'one', obligation_key: 'o', attempt: 1 },
      debitMayBecome,
    ],
  ])('of a row of %s', (table, guard, statuses, key, may) =>
    compareOn(
      database,
      fc.constantFrom(...statuses),
      async (client, from) => {
        await put(client, table, [{ ...of, ...key, status: from }]);
        for (const to of statuses.filter((each) => each !== from)) {
          const passed = await mayBecome(client, [table, guard], to);
          expect([from, to, passed]).toEqual([from, to, may(from as never, to as never)]);
        }
      },
      40,
    ),
  );
});

describe('what was set aside', () => {
  it('is listed while it waits, the oldest first, or all of it', () =>
    compareOn(
      database,
      fc.array(
        fc.record({ state: one<AsideState>(ASIDE_STATES), atMs: fc.integer({ min: NOW_MS - 2, max: NOW_MS + 2 }) }),
        { maxLength: 8 },
      ),
      async (client, drawn) => {
        const asides = numbered(drawn).map(({ index, ...each }) => ({ ...each, asideId: index + 1 }));
        const rows = asides.map(({ asideId, state, atMs }) => ({
          ...of,
          aside_id: asideId,
          account_id: 'one',
          business_key: String(asideId),
          content_hash: String(asideId),
          state,
          at_ms: atMs,
        }));
        await put(client, 'set_aside_arrival', rows);
        const ids = (list: readonly { asideId: number }[]) => list.map(({ asideId }) => asideId);
        for (const withSettled of [true, false]) {
          const listed = await listAsides(client, { tenantId: TENANT, withSettled, limit: 99 });
          expect(ids(listed)).toEqual(ids(asidesShown(asides, withSettled)));
        }
        const { oldest } = await readWaitingAsides(client, { tenantId: TENANT, beforeMs: NOW_MS, limit: 99 });
        expect(ids(oldest)).toEqual(ids(asidesWaiting(asides, NOW_MS)));
      },
      60,
    ));
});

describe('an address of a borrower', () => {
  const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
  const ref = { tenantId: TENANT, borrowerId: 'one', field: 'email' } as const;
  const printOf = (value: string) => vault.fingerprint(TENANT, 'email', value);
  const value = fc.constantFrom('one@example.com', 'two@example.com');
  const said = fc.oneof(fc.record({ saved: fc.option(value) }), fc.record({ takesNothing: value }));

  it('is kept in place of the one before, and takes nothing as long as it is the same', () =>
    compareOn(
      database,
      fc.array(said, { minLength: 1, maxLength: 6 }),
      async (client, all) => {
        let kept: KeptAddress | undefined;
        for (const each of all) {
          if ('saved' in each) {
            await saveVaultContact(client, vault, { ...ref, value: each.saved });
            kept = addressAfter(kept, each.saved === null ? null : printOf(each.saved));
          } else {
            await markTakesNothing(client, { ...ref, fingerprint: printOf(each.takesNothing) });
            kept = addressWithout(kept, printOf(each.takesNothing));
          }
          const { rows } = await client.query('select fingerprint, takes_nothing as "takesNothing" from vault_contact');
          expect(rows).toEqual(kept ? [kept] : []);
          const usable = kept?.takesNothing === false ? kept.fingerprint : undefined;
          expect((await readVaultContact(client, vault, ref))?.fingerprint).toBe(usable);
        }
      },
      80,
    ));
});
