/**
 * The books proved entry by entry: each fact, entry and bill by its signature and its place in its account's chain, the
 * chain's head, and what was sealed of it (docs/audit.md). The key is of this system alone, so a row that it did not
 * write is found, whoever wrote it.
 */

import { contentHash } from '../../db/contentHash';
import { agreementContent, linkContent, takenOverContent } from '../../db/evidence/accountChain';
import {
  type ChainedAccount,
  type ChainRow,
  readChainedAccounts,
  sealedHeadsOf,
} from '../../db/evidence/accountChains';
import { type Macs, macsOf } from '../../db/evidence/macs';
import type { Client } from '../../db/transaction';
import { type AuditFinding, changed, inserted, removed } from './auditFindings';

const PAGE_SIZE = 200;

export interface AccountsAudit {
  accounts: number;
  /** Facts, entries and bills that were proved. */
  links: number;
  /** Accounts with rows that were taken over as found. */
  takenOver: number;
  findings: AuditFinding[];
}

type Sealed = Awaited<ReturnType<typeof sealedHeadsOf>>[number];

/** Of all accounts of a tenant, until there are enough findings for a person. The client is in a snapshot. */
export async function auditAccounts(
  client: Client,
  { tenantId, enough = Number.POSITIVE_INFINITY }: { tenantId: string; enough?: number },
): Promise<AccountsAudit> {
  const macs = macsOf(client);
  const audit: AccountsAudit = { accounts: 0, links: 0, takenOver: 0, findings: [] };
  let afterAccountId = '';
  for (;;) {
    const page = await readChainedAccounts(client, { tenantId, afterAccountId, limit: PAGE_SIZE });
    const sealed = await sealedHeadsOf(client, { tenantId, accountIds: page.map(({ accountId }) => accountId) });
    for (const account of page) {
      audit.accounts += 1;
      audit.links += account.rows.length;
      audit.takenOver += account.takeover ? 1 : 0;
      const own = sealed.filter(({ accountId }) => accountId === account.accountId);
      audit.findings.push(...findingsOf(macs, account, own));
    }
    afterAccountId = page.at(-1)?.accountId ?? '';
    if (page.length < PAGE_SIZE || audit.findings.length >= enough) return audit;
  }
}

function findingsOf(macs: Macs, account: ChainedAccount, sealed: readonly Sealed[]): AuditFinding[] {
  const { accountId, takeover, rows } = account;
  const what = `account ${accountId}`;
  const found: AuditFinding[] = [];
  if (!macs.proves(account.agreementMac, 'agreement', agreementContent(account))) {
    found.push(changed(what, 'its agreement is not as it was signed, or was not written by this system'));
  }
  found.push(...unsignedOf(macs, account));
  const begin = takeover?.mac ?? account.agreementMac ?? '';
  const walk = new Walk(macs, what, begin);
  for (const place of placesOf(rows)) walk.take(place);
  found.push(...walk.findings);
  if (account.chainNo !== walk.no || account.chainHead !== walk.head) {
    found.push(changed(what, `its chain ends with link ${walk.no}, and the account says ${account.chainNo}: ${CUT}`));
  }
  for (const { chainNo, head, businessDate } of sealed) {
    if (walk.headAt(chainNo) === head) continue;
    found.push(removed(what, `its chain is not the one of which the seal of ${businessDate} took link ${chainNo}`));
  }
  return found;
}

const CUT = 'its end was cut off, or its head changed';

type SignedRow = ChainRow & { no: number };

/** Rows by their places in the chain, which are in order; more than one at a place, where one was put in. */
function placesOf(rows: readonly ChainRow[]): SignedRow[][] {
  const places = new Map<number, SignedRow[]>();
  for (const row of rows) {
    const { no } = row;
    if (no !== null) places.set(no, [...(places.get(no) ?? []), { ...row, no }]);
  }
  return [...places].sort(([first], [second]) => first - second).map(([, at]) => at);
}

/** Walks the links in their order; what does not follow is told and does not hide what comes after. */
class Walk {
  readonly findings: AuditFinding[] = [];
  no = 0;
  private readonly heads = new Map<number, string>();

  constructor(
    private readonly macs: Macs,
    private readonly what: string,
    public head: string,
  ) {
    this.heads.set(0, head);
  }

  take(place: readonly SignedRow[]): void {
    const [first] = place;
    if (!first) return;
    const { no } = first;
    const isNext = no === this.no + 1;
    const proved = isNext ? place.find((row) => this.proves(row)) : undefined;
    const stands = proved ?? first;
    if (!isNext) {
      // The link itself cannot be proved, because what it follows is gone; the next one can.
      const which = no === this.no + 2 ? `link ${no - 1} is` : `links ${this.no + 1} to ${no - 1} are`;
      this.findings.push(removed(this.what, `${which} gone before ${told(stands)}`));
    } else if (!proved) {
      this.findings.push(changed(this.what, `${told(stands)} is not as this system signed it (link ${no})`));
    }
    for (const row of place) {
      if (row !== stands)
        this.findings.push(inserted(this.what, `${told(row)} was not written by this system (link ${no})`));
    }
    this.no = no;
    this.head = stands.mac ?? '';
    this.heads.set(no, this.head);
  }

  headAt(no: number): string | undefined {
    return this.heads.get(no);
  }

  private proves({ no, kind, mac, content }: SignedRow): boolean {
    return this.macs.proves(mac, 'link', linkContent({ no, prev: this.head, kind, content }));
  }
}

/** Rows without a signature: those that were taken over, as they were found, and no others. */
function unsignedOf(macs: Macs, account: ChainedAccount): AuditFinding[] {
  const { accountId, takeover } = account;
  const what = `account ${accountId}`;
  const bare = account.rows.filter(({ no }) => no === null);
  if (!takeover) return bare.map((row) => inserted(what, `${told(row)} bears no signature of this system`));
  if (!macs.proves(takeover.mac, 'takeover', takenOverContent(takeover))) {
    return [changed(what, 'that it was taken over as found is not as it was signed')];
  }
  const isAsFound = takeover.rowCount === bare.length && takeover.digest === digestOf(bare);
  return isAsFound
    ? []
    : [
        changed(
          what,
          `of what was taken over as found on ${takeover.foundOn} something was changed, removed or put in`,
        ),
      ];
}

/** Over rows in the order in which they are read. */
export function digestOf(rows: readonly ChainRow[]): string {
  return contentHash(rows.map(({ kind, content }) => [kind, content]));
}

function told({ kind, name }: ChainRow): string {
  return `${kind} ${name}`;
}
