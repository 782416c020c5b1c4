/** Accounts as of an instant, folded from the same facts that the books are booked from. */
import { type AccountRow, readAccounts } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFactsOf } from '../../db/credit/facts';
import { type Client, together } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { deriveAccount } from '../../domain/credit/derive';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import { dateAt } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';

export interface AccountNow {
  row: AccountRow;
  account: DerivedAccount;
  policy: LendingPolicy;
}

/** By id; what is not in the books is left out. */
export async function accountsNow(
  client: Client,
  { policies }: Pick<BookDependencies, 'policies'>,
  { tenantId, asOfMs }: { tenantId: string; asOfMs: number },
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, AccountNow>> {
  const [rows, factsOf] = await together([
    readAccounts(client, { tenantId, accountIds }),
    readFactsOf(client, { tenantId, accountIds }),
  ]);
  const derived = [...rows.values()].map(async (row): Promise<[string, AccountNow]> => {
    const { accountId, product, terms, policyVersion } = row;
    const policy = await policies.version(client, tenantId, policyVersion);
    const issued = PRODUCT_TABLE[product].isBilled ? await readBills(client, { tenantId, accountId }) : [];
    const facts = factsOf.get(accountId) ?? [];
    const account = deriveAccount({ terms, facts, issued }, policy, dateAt(asOfMs, policy.zone));
    return [accountId, { row, account, policy }];
  });
  return new Map(await together(derived));
}
