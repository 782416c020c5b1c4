/** Rules of the ledger that a statement decides too: it and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bookEntries } from '../../../src/db/ledger/journal';
import { readTrialBalance, readUnbalancedEntries } from '../../../src/db/ledger/trialBalance';
import type { Client } from '../../../src/db/transaction';
import { type BookedRevision, correctionsOf } from '../../../src/domain/ledger/correction';
import { balancesOf, isUnbalanced, type JournalEntry, type LedgerAccount } from '../../../src/domain/ledger/journal';
import { compareSums } from '../../../src/domain/ledger/reconciliation';
import { NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';
import { compareOn, put } from './randomRows';

const database = useDatabase();
const ACCOUNTS: LedgerAccount[] = ['principal-receivable', 'interest-receivable', 'funding', 'collections'];
const DATES = ['2026-03-02', '2026-03-05', '2026-03-09'];

const entryOf = fc
  .record({
    key: fc.constantFrom('disbursement', 'payment/1', 'interest/1'),
    kind: fc.constantFrom('payment' as const, 'interest' as const),
    valueDate: fc.constantFrom(...DATES),
    to: fc.constantFrom(...ACCOUNTS),
    from: fc.constantFrom(...ACCOUNTS),
    amountFen: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ to, from, amountFen, ...entry }): JournalEntry => {
    const lines = [
      { account: to, amountFen },
      { account: from, amountFen: -amountFen },
    ];
    return { ...entry, lines };
  });
const life = fc.uniqueArray(entryOf, { selector: ({ key }) => key, maxLength: 5 });
/** A step books all of a life, or what is dated after a date, up to which the life stays as it was. */
const step = fc.record({ life, since: fc.option(fc.constantFrom(...DATES), { nil: undefined }) });

async function readJournal(client: Client, accountId: string): Promise<BookedRevision[]> {
  const { rows } = await client.query<BookedRevision>(
    `select business_key as "businessKey", revision, kind, value_date as "valueDate", (
       select jsonb_agg(jsonb_build_object('account', ledger_account, 'amountFen', amount_fen) order by ledger_account)
         from posting where posting.entry_id = entry.entry_id) as lines
     from journal_entry entry where account_id = $1 order by entry_id`,
    [accountId],
  );
  return rows;
}

const sorted = ({ lines, ...entry }: BookedRevision) => ({
  ...entry,
  lines: [...lines].sort((one, other) => (one.account < other.account ? -1 : 1)),
});

describe('correction by reversal and rebooking', () => {
  it('books what the domain says, step after step, and leaves what the life derives', () =>
    compareOn(
      database,
      fc.array(step, { minLength: 1, maxLength: 8 }),
      async (client, steps) => {
        const ref = await openAccount(client, 'corrected');
        for (const { life: derived, since } of steps) {
          const entries = since === undefined ? derived : derived.filter(({ valueDate }) => valueDate > since);
          const before = await readJournal(client, ref.accountId);
          const said = correctionsOf(before, entries, since);
          expect(await bookEntries(client, { ...ref, entries, since, bookedAtMs: NOW_MS })).toBe(said.length);
          const after = (await readJournal(client, ref.accountId)).slice(before.length);
          expect(after.map(sorted)).toEqual(
            said.map(({ isReversal: _, ...booking }) => sorted(booking as BookedRevision)),
          );
          if (since !== undefined) continue;
          const lines = (await readJournal(client, ref.accountId)).map((entry) => ({
            ...entry,
            key: '',
            lines: [...entry.lines],
          }));
          expect(compareSums(balancesOf(lines), balancesOf(derived))).toEqual([]);
        }
      },
      60,
    ));
});

describe('the proof of the books', () => {
  const posting = fc.record({
    ledger_account: fc.constantFrom(...ACCOUNTS),
    amount_fen: fc.integer({ min: -3, max: 3 }),
  });

  it('finds the entries that the domain calls unbalanced, and the balances that are not what was posted', () =>
    compareOn(
      database,
      fc.record({
        entries: fc.array(fc.array(posting, { maxLength: 3 }), { maxLength: 8 }),
        kept: fc.uniqueArray(posting, { selector: ({ ledger_account }) => ledger_account }),
      }),
      async (client, { entries, kept }) => {
        const ref = await openAccount(client, 'out-of-balance');
        const of = { tenant_id: TENANT, account_id: ref.accountId };
        // As no program can: the guards of the owner's session are off until the transaction is taken back.
        await client.query('set local session_replication_role = replica');
        const ids = entries.map((_, index) => ({ ...of, entry_id: 900 + index }));
        const date = { kind: 'payment', value_date: '2026-03-02', content_hash: 'x', booked_at_ms: 0, revision: 1 };
        await client.query('alter table journal_entry alter column entry_id drop identity if exists');
        await put(
          client,
          'journal_entry',
          ids.map((id) => ({ ...id, business_key: `key-${id.entry_id}`, ...date })),
        );
        const lines = entries.flatMap((each, index) =>
          each.map((line, lineNo) => ({ ...ids[index], line_no: lineNo + 1, ...line })),
        );
        await put(
          client,
          'posting',
          lines.filter(({ amount_fen }) => amount_fen !== 0),
        );
        await put(
          client,
          'ledger_balance',
          kept.map((line) => ({ ...of, ...line })),
        );
        const sums = entries.map((each, index) => {
          const booked = each.filter(({ amount_fen }) => amount_fen !== 0);
          const sumFen = booked.reduce((sum, { amount_fen }) => sum + amount_fen, 0);
          return { entryId: 900 + index, lineCount: booked.length, sumFen };
        });
        const found = await readUnbalancedEntries(client, { tenantId: TENANT });
        expect(found.map(({ entryId, lineCount, sumFen }) => ({ entryId, lineCount, sumFen }))).toEqual(
          sums.filter(isUnbalanced),
        );
        const posted = balancesOf(
          entries.map((each) => ({
            key: '',
            kind: 'payment',
            valueDate: '',
            lines: each.map(({ ledger_account: account, amount_fen: amountFen }) => ({ account, amountFen })),
          })),
        );
        const balances = Object.fromEntries(kept.map(({ ledger_account, amount_fen }) => [ledger_account, amount_fen]));
        const { differences } = await readTrialBalance(client, { tenantId: TENANT });
        expect(
          differences.map(({ ledgerAccount, balanceFen, postedFen }) => ({
            ledgerAccount,
            bookedFen: balanceFen,
            derivedFen: postedFen,
          })),
        ).toEqual(compareSums(balances, posted));
      },
    ));
});
