/** A migrated database for a test file, and the fewest rows that other rows need. */
import { afterAll, beforeAll } from '@jest/globals';
import type { Pool } from 'pg';
import { insertAccount } from '../../src/db/credit/accounts';
import { ensureTenant } from '../../src/db/operations/tenants';
import { insertApplication, saveDecision } from '../../src/db/origination/applications';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { insertPolicy } from '../../src/db/policy/policies';
import { createPool } from '../../src/db/pool';
import { type Client, inTransaction } from '../../src/db/transaction';
import type { CashLoanTerms } from '../../src/domain/credit/account';
import type { JournalEntry, JournalLine } from '../../src/domain/ledger/journal';
import type { LendingPolicy } from '../../src/domain/policy/lendingPolicy';
import { BOOKS, createTestDatabase, knowOwner } from '../setup/environment';

export const TENANT = 'lender';
export const LANE = 3;
/** 2026-03-02 09:00 in Shanghai. */
export const NOW_MS = Date.parse('2026-03-02T01:00:00Z');
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

export const TERMS: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0005',
  months: 12,
  method: 'level',
  startDate: '2026-03-02',
};

export const POLICY_VERSION = '2026-01';
/** The database keeps a policy as it is; of what it says, only the lender is its concern. */
const POLICY = {
  version: POLICY_VERSION,
  effectiveFrom: '2026-01-01',
  lenderOfRecord: '示例消费金融有限公司',
} as unknown as LendingPolicy;

export interface TestDatabase {
  /** As the application: with its rights alone. */
  readonly pool: Pool;
  /** As the owner of the tables: for what a test writes past the program. */
  readonly owner: Pool;
  readonly url: string;
  /** Of the API's role. */
  readonly apiUrl: string;
  readonly ownerUrl: string;
}

/** Opens a database of its own for the tests of a file. */
export function useDatabase(): TestDatabase {
  let database: { url: string; apiUrl: string; ownerUrl: string; drop(): Promise<void> } | undefined;
  let pool: Pool | undefined;
  let owner: Pool | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = { max: 10, applicationName: 'creditloom-test', statementTimeoutMs: 15_000, books: BOOKS };
    pool = createPool({ ...settings, connectionString: database.url });
    owner = createPool({ ...settings, connectionString: database.ownerUrl });
    knowOwner(pool, owner);
    await inTransaction(owner, async (client) => {
      await ensureTenant(client, { tenantId: TENANT, name: 'A lender' });
      await insertPolicy(client, { tenantId: TENANT, policy: POLICY });
    });
  }, 60_000);
  afterAll(async () => {
    await pool?.end();
    await owner?.end();
    await database?.drop();
  });
  return {
    get owner() {
      if (!owner) throw new Error('the database is open while tests run');
      return owner;
    },
    get ownerUrl() {
      if (!database) throw new Error('the database is open while tests run');
      return database.ownerUrl;
    },
    get apiUrl() {
      if (!database) throw new Error('the database is open while tests run');
      return database.apiUrl;
    },
    get pool() {
      if (!pool) throw new Error('the database is open while tests run');
      return pool;
    },
    get url() {
      if (!database) throw new Error('the database is open while tests run');
      return database.url;
    },
  };
}

/** An account of that id, with a borrower and an application of its own. */
export async function openAccount(
  client: Client,
  accountId: string,
  tenantId = TENANT,
): Promise<{ tenantId: string; accountId: string }> {
  const borrowerId = `${accountId}-borrower`;
  const applicationId = `${accountId}-application`;
  await ensureBorrower(client, { tenantId, borrowerId });
  await insertApplication(client, {
    tenantId,
    applicationId,
    borrowerId,
    product: 'cash-loan',
    requestedFen: TERMS.principalFen,
    facts: { identity: {}, finances: {}, behaviour: {} },
    receivedAtMs: NOW_MS,
  });
  await offer(client, tenantId, applicationId, 2 * TERMS.principalFen);
  await insertAccount(client, {
    tenantId,
    accountId,
    borrowerId,
    applicationId,
    terms: TERMS,
    policyVersion: POLICY_VERSION,
    acceptanceKey: 'first',
    drawnFen: TERMS.principalFen,
    openedAtMs: NOW_MS,
  });
  return { tenantId, accountId };
}

async function offer(client: Client, tenantId: string, applicationId: string, limitFen: number): Promise<void> {
  const policyVersion = POLICY_VERSION;
  await saveDecision(client, {
    tenantId,
    applicationId,
    stage: 'offered',
    assessment: {
      outcome: 'approved',
      reasonCodes: [],
      scorePoints: 600,
      scoreParts: {},
      limitFen,
      dailyRate: '0.0005',
      policyVersion,
    },
    offer: { product: 'cash-loan', limitFen, dailyRate: '0.0005', expiresAtMs: NOW_MS + 30 * DAY_MS, policyVersion },
    atMs: NOW_MS,
  });
}

/** A balanced entry: the amount debited to one ledger account and credited to another. */
export function entry(
  key: string,
  amountFen: number,
  { valueDate = '2026-03-02', from = 'funding', to = 'principal-receivable' }: Partial<EntryParts> = {},
): JournalEntry {
  const lines: JournalLine[] = [
    { account: to, amountFen },
    { account: from, amountFen: -amountFen },
  ];
  return { key, kind: 'disbursement', valueDate, lines };
}

interface EntryParts {
  valueDate: string;
  from: JournalLine['account'];
  to: JournalLine['account'];
}
