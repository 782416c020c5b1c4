/**
 * The chain of an account: its facts, entries and bills in the order in which they were written, each signed with its
 * place and the signature before (docs/decisions/0053-signed-books.md). Whoever writes holds the account's row, so the
 * chain of one account grows by one writer at a time, and no account waits for another.
 *
 * What a signature covers is one list for each kind, here. A column that says something is added to its list.
 */
import type { Bill } from '../../domain/credit/account';
import type { Fact } from '../../domain/credit/facts';
import type { Macs } from './macs';

export interface ChainPosition {
  /** Of the last link; 0 before the first. */
  no: number;
  /** Its signature; before the first that of the agreement, or of what was taken over. */
  head: string;
}

export type LinkKind = 'fact' | 'entry' | 'bill';

export interface Link {
  no: number;
  mac: string;
}

interface OfAccount {
  tenantId: string;
  accountId: string;
}

/** Goes on as links are taken; kept with the account at the end of the step. */
export class AccountChain {
  private position: ChainPosition;

  constructor(
    private readonly macs: Macs,
    position: ChainPosition,
  ) {
    this.position = { ...position };
  }

  get at(): ChainPosition {
    return { ...this.position };
  }

  /** The link of what is to be written; it counts once it is taken. */
  next(kind: LinkKind, content: object): Link {
    const no = this.position.no + 1;
    return { no, mac: this.macs.sign('link', linkContent({ no, prev: this.position.head, kind, content })) };
  }

  take({ no, mac }: Link): void {
    this.position = { no, head: mac };
  }

  /** To where it stood before a savepoint that was rolled back to. */
  returnTo(position: ChainPosition): void {
    this.position = { ...position };
  }
}

export function linkContent(link: { no: number; prev: string; kind: LinkKind; content: object }): object {
  return link;
}

export interface AgreementContent extends OfAccount {
  borrowerId: string;
  applicationId: string;
  acceptanceKey: string;
  acceptanceHash: string;
  product: string;
  terms: object;
  policyVersion: string;
  lenderOfRecord: string;
  openedAtMs: number;
  openedBy?: string | null | undefined;
}

export function agreementContent(agreement: AgreementContent): object {
  const { tenantId, accountId, borrowerId, applicationId, acceptanceKey, acceptanceHash, product, terms } = agreement;
  const { policyVersion, lenderOfRecord, openedAtMs, openedBy = null } = agreement;
  return {
    tenantId,
    accountId,
    borrowerId,
    applicationId,
    acceptanceKey,
    acceptanceHash,
    product,
    policyVersion,
    terms: asJson(terms),
    lenderOfRecord,
    openedAtMs,
    openedBy,
  };
}

export interface FactContent extends OfAccount {
  businessKey: string;
  kind: string;
  valueDate: string;
  body: Fact;
  inputHash: string;
  arrivedAtMs: number;
  /** Whose act it is; null where nobody's. */
  principal: string | null;
}

export function factContent({ body, ...row }: FactContent): object {
  const { tenantId, accountId, businessKey, kind, valueDate, inputHash, arrivedAtMs, principal } = row;
  return { tenantId, accountId, businessKey, kind, valueDate, inputHash, arrivedAtMs, principal, body: asJson(body) };
}

export interface EntryContent extends OfAccount {
  businessKey: string;
  revision: number;
  kind: string;
  valueDate: string;
  contentHash: string;
  bookedAtMs: number;
  /** Ledger account and fen, in the order of the lines. */
  lines: readonly (readonly [string, number])[];
}

export function entryContent(entry: EntryContent): object {
  const { tenantId, accountId, businessKey, revision, kind, valueDate, contentHash, bookedAtMs, lines } = entry;
  return { tenantId, accountId, businessKey, revision, kind, valueDate, contentHash, bookedAtMs, lines };
}

export interface BillContent extends OfAccount, Bill {
  issuedAtMs: number;
}

export function billContent(bill: BillContent): object {
  const { tenantId, accountId, number, billDate, dueDate, totalFen, minimumPaymentFen, issuedAtMs } = bill;
  const { principalFen, interestFen, penaltyFen, feeFen = 0 } = bill;
  return {
    tenantId,
    accountId,
    number,
    billDate,
    dueDate,
    totalFen,
    minimumPaymentFen,
    issuedAtMs,
    principalFen,
    interestFen,
    penaltyFen,
    feeFen,
  };
}

export interface TakenOverContent extends OfAccount {
  foundOn: string;
  rowCount: number;
  digest: string;
}

export function takenOverContent({ tenantId, accountId, foundOn, rowCount, digest }: TakenOverContent): object {
  return { tenantId, accountId, foundOn, rowCount, digest };
}

/** As the database gives it back: without what JSON leaves out. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
