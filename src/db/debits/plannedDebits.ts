/** The outbox of debits: planned, taken back, found when due, as `domain/debitOutbox.ts` says it. How one is made is in `debitAttempts.ts`. */
import type { PlannedDebit } from '../../domain/debits/autoDebit';
import { type DebitRefusalClass, type DebitStatus, OPEN_DEBITS } from '../../domain/debits/debitStatuses';
import type { UnbookedDebit } from '../../domain/ledger/reconciliation';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { contentHash } from '../contentHash';
import type { AccountRef } from '../credit/accounts';
import { sqlWords } from '../sqlWords';
import type { Client, Reader } from '../transaction';

export interface DebitRow extends AccountRef {
  obligationKey: string;
  /** From 1 on; another attempt at the obligation has another row and another reference. */
  attempt: number;
  /** Ours, at the rail; the payment that it becomes is `debit:` and it. */
  reference: string;
  lane: number;
  dueDate: IsoDate;
  dueAtMs: number;
  /** When its lane looks at it next; null once nothing is left to do. */
  nextAtMs: number | null;
  status: DebitStatus;
  /** From the attempt on, as are the next four. */
  mandateId: string | null;
  amountFen: Fen | null;
  businessDate: IsoDate | null;
  attemptedAtMs: number | null;
  rail: string | null;
  outcomeAtMs: number | null;
  railId: string | null;
  settledOn: IsoDate | null;
  refusalClass: DebitRefusalClass | null;
  /** Why it was refused or cancelled. */
  reasonCode: ReasonCode | null;
  /** What the rail told besides: its own code, or why its answer says nothing. */
  detail: string | null;
  /** When the account was told of the money. */
  toldAtMs: number | null;
}

/** Of a debit that settled and an account's fact: it is booked, with the amount that was moved. */
export const IS_BOOKED = `fact.tenant_id = debit.tenant_id and fact.account_id = debit.account_id
  and fact.business_key = 'payment/debit:' || debit.reference
  and (fact.body->>'amountFen')::bigint = debit.amount_fen`;

const COLUMNS = `tenant_id as "tenantId", account_id as "accountId", obligation_key as "obligationKey", attempt,
  reference, lane, due_date as "dueDate", due_at_ms as "dueAtMs", next_at_ms as "nextAtMs", status,
  mandate_id as "mandateId", amount_fen as "amountFen", business_date as "businessDate",
  attempted_at_ms as "attemptedAtMs", rail, outcome_at_ms as "outcomeAtMs", rail_id as "railId",
  settled_on as "settledOn", refusal_class as "refusalClass", reason_code as "reasonCode", detail,
  told_at_ms as "toldAtMs"`;

/** Of the id of the payment that a debit becomes: `RESERVED_BEGINNINGS.payment` of the contracts. */
const PAYMENT_PREFIX = 'debit:';
/** A payment's id has 100 characters, and an account's may have as many. */
const LONGEST_REFERENCE = 100 - PAYMENT_PREFIX.length;

/** Keys of instalments and bills are far shorter; one of a returned credit holds the id that a caller gave. */
const LONGEST_OBLIGATION = 40;

/**
 * Everything before the attempt's number; an id that is too long for a rail is shortened to its hash. So is the key of an
 * obligation with a dot: read from its end a reference has the attempt, the obligation and the account, and no id that a
 * caller gives makes the reference of another account's debit.
 */
function referenceStem(accountId: string, obligationKey: string): string {
  const name = obligationKey.replaceAll('/', ':');
  const isPlain = !name.includes('.') && name.length <= LONGEST_OBLIGATION;
  const tail = `.${isPlain ? name : contentHash(name).slice(0, 32)}.`;
  const roomForNumber = 6;
  const isShort = accountId.length + tail.length + roomForNumber <= LONGEST_REFERENCE;
  return `${isShort ? accountId : contentHash(accountId).slice(0, 32)}${tail}`;
}

/**
 * Plans debits. An obligation that has one already is left out, unless all of its own were taken back: a refusal is
 * followed up by who heard it (`planAnotherAttempt`). Returns how many are new.
 */
export async function planDebits(
  client: Client,
  { tenantId, accountId, lane, debits }: AccountRef & { lane: number; debits: readonly PlannedDebit[] },
): Promise<number> {
  if (debits.length === 0) return 0;
  const wanted = debits.map((debit) => ({ ...debit, stem: referenceStem(accountId, debit.obligationKey) }));
  const { rowCount } = await client.query(
    `insert into planned_debit (tenant_id, account_id, lane, obligation_key, attempt, reference, due_date, due_at_ms,
       next_at_ms)
     select $1, $2, $3, "obligationKey", before.count + 1, stem || (before.count + 1), "dueDate", "atMs", "atMs"
       from jsonb_to_recordset($4::jsonb) as wanted("obligationKey" text, "dueDate" date, "atMs" bigint, stem text),
       lateral (
         select count(*)::int as count, count(*) filter (where status <> 'cancelled') as live from planned_debit earlier
          where earlier.tenant_id = $1 and earlier.account_id = $2 and earlier.obligation_key = wanted."obligationKey"
       ) before
      where before.live = 0
      order by "obligationKey"
     on conflict do nothing`,
    [tenantId, accountId, lane, JSON.stringify(wanted)],
  );
  return rowCount ?? 0;
}

/** Another attempt at the obligation of a debit that was refused, under a reference of its own. */
export async function planAnotherAttempt(
  client: Client,
  { tenantId, accountId, obligationKey, attempt, lane, dueDate, atMs }: RefusedDebit & { atMs: number },
): Promise<void> {
  const reference = `${referenceStem(accountId, obligationKey)}${attempt + 1}`;
  await client.query(
    `insert into planned_debit (tenant_id, account_id, lane, obligation_key, attempt, reference, due_date, due_at_ms,
       next_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict do nothing`,
    [tenantId, accountId, lane, obligationKey, attempt + 1, reference, dueDate, atMs],
  );
}

type RefusedDebit = AccountRef & Pick<DebitRow, 'obligationKey' | 'attempt' | 'lane' | 'dueDate'>;

/**
 * Takes back debits that are still planned: of obligations that are not among `keepObligationKeys`; without keys all of
 * the account. What was attempted is not taken back: its outcome is asked for.
 */
export async function cancelPlannedDebits(
  client: Client,
  input: AccountRef & { keepObligationKeys?: readonly string[]; reason: ReasonCode; atMs: number },
): Promise<number> {
  const { tenantId, accountId, keepObligationKeys = [], reason, atMs } = input;
  const { rowCount } = await client.query(
    `update planned_debit set status = 'cancelled', reason_code = $4, outcome_at_ms = $5, next_at_ms = null
      where tenant_id = $1 and account_id = $2 and status = 'planned' and obligation_key <> all($3)`,
    [tenantId, accountId, keepObligationKeys, reason, atMs],
  );
  return rowCount ?? 0;
}

/**
 * What a lane has to look at by an instant, longest due first: debits that are due, those whose outcome is asked for,
 * and settled ones that their account was not told of. Rows that another transaction holds are passed over.
 */
export async function claimDueDebits(
  client: Client,
  { tenantId, lane, asOfMs, limit }: { tenantId: string; lane: number; asOfMs: number; limit: number },
): Promise<DebitRow[]> {
  const { rows } = await client.query<DebitRow>(
    `select ${COLUMNS} from planned_debit
      where tenant_id = $1 and lane = $2 and next_at_ms <= $3 order by next_at_ms, reference limit $4
      for no key update skip locked`,
    [tenantId, lane, asOfMs, limit],
  );
  return rows;
}

/**
 * The account's debits that are not over: planned, under way or in doubt, and money that settled and is not in the
 * account's facts yet, or not with its amount. Locked to the end of the transaction, in one order, so that of two only one is attempted.
 */
export async function lockUnfinishedDebits(
  client: Client,
  { tenantId, accountId }: AccountRef,
): Promise<Pick<DebitRow, 'reference' | 'status'>[]> {
  const { rows } = await client.query<Pick<DebitRow, 'reference' | 'status'>>(
    `select reference, status from planned_debit debit
      where tenant_id = $1 and account_id = $2
        and (status in (${sqlWords(OPEN_DEBITS)}) or (status = 'settled' and not exists (
          select from account_fact fact where ${IS_BOOKED})))
      order by reference for no key update`,
    [tenantId, accountId],
  );
  return rows;
}

/** What is due and stopped by an incident stays planned, and is looked at again later. */
export async function pauseDueDebits(
  client: Client,
  input: {
    tenantId: string;
    lane: number;
    asOfMs: number;
    untilMs: number;
    /** Absent: of every product. */
    product?: Product | undefined;
    exceptBorrowerIds: readonly string[];
  },
): Promise<number> {
  const { tenantId, lane, asOfMs, untilMs, product, exceptBorrowerIds } = input;
  // Locked in the order in which every other statement locks them.
  const { rowCount } = await client.query(
    `with stopped as (
       select debit.tenant_id, reference from planned_debit debit
         join credit_account account using (tenant_id, account_id)
        where debit.tenant_id = $1 and lane = $2 and status = 'planned' and next_at_ms <= $3
          and ($5::text is null or account.product = $5) and account.borrower_id <> all($6)
        order by reference for no key update of debit skip locked
     )
     update planned_debit debit set next_at_ms = $4 from stopped
      where debit.tenant_id = stopped.tenant_id and debit.reference = stopped.reference`,
    [tenantId, lane, asOfMs, untilMs, product ?? null, exceptBorrowerIds],
  );
  return rowCount ?? 0;
}

/** What was put off is looked at again from its own time on, so that it goes on in the order in which it fell due. */
export async function resumePausedDebits(client: Client, { tenantId }: { tenantId: string }): Promise<number> {
  const { rowCount } = await client.query(
    `with paused as (
       select tenant_id, reference from planned_debit
        where tenant_id = $1 and status = 'planned' and next_at_ms > due_at_ms
        order by reference for no key update
     )
     update planned_debit debit set next_at_ms = due_at_ms from paused
      where debit.tenant_id = paused.tenant_id and debit.reference = paused.reference`,
    [tenantId],
  );
  return rowCount ?? 0;
}

/** Lanes that have something to look at, now or later. */
export async function lanesWithDebits(reader: Reader, { tenantId }: { tenantId: string }): Promise<number[]> {
  const { rows } = await reader.query<{ lane: number }>(
    'select distinct lane from planned_debit where tenant_id = $1 and next_at_ms is not null order by lane',
    [tenantId],
  );
  return rows.map(({ lane }) => lane);
}

/** The debits of an account by obligation and attempt. */
export async function listDebits(reader: Reader, { tenantId, accountId }: AccountRef): Promise<DebitRow[]> {
  const { rows } = await reader.query<DebitRow>(
    `select ${COLUMNS} from planned_debit where tenant_id = $1 and account_id = $2
      order by due_date, obligation_key, attempt`,
    [tenantId, accountId],
  );
  return rows;
}

/**
 * Debits that settled and are not among their account's facts with their amount, by account: none, but for those that
 * their account is being told of.
 */
export async function readUnbookedDebits(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<ReadonlyMap<string, UnbookedDebit[]>> {
  const { rows } = await reader.query<UnbookedDebit & { accountId: string }>(
    `select account_id as "accountId", reference, amount_fen as "settledFen", outcome_at_ms as "outcomeAtMs",
       coalesce((select (body->>'amountFen')::bigint from account_fact fact where fact.tenant_id = debit.tenant_id
         and fact.account_id = debit.account_id
         and fact.business_key = 'payment/${PAYMENT_PREFIX}' || debit.reference), 0) as "bookedFen"
     from planned_debit debit
      where tenant_id = $1 and status = 'settled' and not exists (select from account_fact fact where ${IS_BOOKED})
      order by account_id, reference`,
    [tenantId],
  );
  const debits = new Map<string, UnbookedDebit[]>();
  for (const { accountId, ...debit } of rows) debits.set(accountId, [...(debits.get(accountId) ?? []), debit]);
  return debits;
}

/** One debit by its reference, whatever account it is of. */
export async function readDebit(
  reader: Reader,
  { tenantId, reference }: { tenantId: string; reference: string },
): Promise<DebitRow | undefined> {
  const { rows } = await reader.query<DebitRow>(
    `select ${COLUMNS} from planned_debit where tenant_id = $1 and reference = $2`,
    [tenantId, reference],
  );
  return rows[0];
}

export interface DebitCount {
  status: DebitStatus;
  /** Why it was refused or cancelled. */
  reasonCode: ReasonCode | null;
  count: number;
  /** Of those that have one: a debit gets its amount when it is made. */
  amountFen: Fen;
}

/** How many debits there are by status and reason, and what they come to. */
export async function countDebits(reader: Reader, { tenantId }: { tenantId: string }): Promise<DebitCount[]> {
  const { rows } = await reader.query<DebitCount>(
    `select status, reason_code as "reasonCode", count(*) as count, coalesce(sum(amount_fen), 0)::bigint as "amountFen"
       from planned_debit where tenant_id = $1 group by status, reason_code order by status, reason_code`,
    [tenantId],
  );
  return rows;
}
