/**
 * What stood in the books before there were signatures is taken over once, as it was found, by `prepare` and with the
 * owner's rights. From then on a row without a signature is a finding, and nothing is taken over again.
 */
import type { Pool } from 'pg';
import { readMandateRows } from '../../db/debits/mandates';
import { agreementContent, takenOverContent } from '../../db/evidence/accountChain';
import { readChainedAccounts } from '../../db/evidence/accountChains';
import { readEvidenceHead } from '../../db/evidence/evidenceRecords';
import { type Macs, macsOf } from '../../db/evidence/macs';
import { readSignedRows, SIGNED_ROWS, type SignedTable, signRow } from '../../db/evidence/signedRows';
import {
  insertAccountTakeovers,
  insertTakeover,
  readSignedEvents,
  runningProcesses,
  takeoverContent,
  tenantsToTakeOver,
} from '../../db/evidence/takeovers';
import { type Client, inTransaction } from '../../db/transaction';
import type { IsoDate } from '../../domain/values/calendar';
import { conflict } from '../failures';
import { digestOf } from './auditAccounts';
import { digestOfRows } from './auditSignedRows';

const PAGE = 500;

interface Taken {
  tenantId: string;
  accounts: number;
  rows: number;
}

/**
 * Each tenant once, as found on a date of real time. Throws a conflict, with nothing taken over, while a worker or an API is connected and
 * there is something to take over: one of before would go on to write rows without a signature.
 */
export async function takeOverBooks(
  owner: Pool,
  { foundOn, report }: { foundOn: IsoDate; report(line: string): void },
): Promise<void> {
  for (const tenantId of await tenantsToTakeOver(owner)) {
    const { accounts, rows } = await inTransaction(owner, (client) => takeOver(client, { tenantId, foundOn }));
    if (rows > 0) {
      report(`${tenantId}: ${rows} rows, of them ${accounts} accounts, were taken over as found on ${foundOn}`);
    }
  }
}

async function takeOver(client: Client, { tenantId, foundOn }: { tenantId: string; foundOn: string }): Promise<Taken> {
  const macs = macsOf(client);
  const signed = await signUnsigned(client, tenantId);
  const accounts = await takeAccounts(client, macs, { tenantId, foundOn });
  const bare = [
    ...(await readSignedEvents(client, { tenantId })).bare,
    ...(await readMandateRows(client, { tenantId })).bare,
  ];
  const evidence = await readEvidenceHead(client, { tenantId });
  const rows = signed + accounts + bare.length + evidence.sequence;
  const running = rows > 0 ? await runningProcesses(client) : [];
  if (running.length > 0) {
    throw conflict(
      `${running.join(' and ')} of this database run: stop them first, because the books of ${tenantId} are taken ` +
        'over now, and what they wrote afterwards without a signature would be taken for forged',
    );
  }
  const takeover = {
    tenantId,
    foundOn,
    accountCount: accounts,
    rowsDigest: digestOfRows(bare),
    mac: '',
    evidenceSequence: evidence.sequence,
    evidenceHash: evidence.recordHash,
  };
  await insertTakeover(client, { ...takeover, mac: macs.sign('books_takeover', takeoverContent(takeover)) });
  return { tenantId, accounts, rows };
}

async function signUnsigned(client: Client, tenantId: string): Promise<number> {
  let count = 0;
  for (const table of Object.keys(SIGNED_ROWS) as SignedTable[]) {
    for (let after: string[] | undefined; ; ) {
      const page = await readSignedRows(client, table, { tenantId, after, limit: PAGE });
      for (const { at, row } of page.filter(({ row }) => row.mac === null)) {
        await signRow(client, table, [tenantId, ...at]);
        count += row.mac === null ? 1 : 0;
      }
      after = page.at(-1)?.at;
      if (page.length < PAGE) break;
    }
  }
  return count;
}

async function takeAccounts(
  client: Client,
  macs: Macs,
  { tenantId, foundOn }: { tenantId: string; foundOn: string },
): Promise<number> {
  let count = 0;
  for (let afterAccountId = ''; ; ) {
    const page = await readChainedAccounts(client, { tenantId, afterAccountId, limit: PAGE });
    const accounts = page
      .filter(({ agreementMac }) => agreementMac === null)
      .map((account) => {
        const { accountId } = account;
        const found = { tenantId, accountId, foundOn, rowCount: account.rows.length, digest: digestOf(account.rows) };
        const mac = macs.sign('takeover', takenOverContent(found));
        return {
          accountId,
          agreementMac: macs.sign('agreement', agreementContent(account)),
          rows: account.rows.length > 0 ? { ...found, mac } : undefined,
        };
      });
    await insertAccountTakeovers(client, { tenantId, accounts });
    count += accounts.length;
    afterAccountId = page.at(-1)?.accountId ?? '';
    if (page.length < PAGE) return count;
  }
}
