/**
 * Delivery receipts: doubled, late, out of order, or before the answer they belong to. Each is kept once. A notice
 * whose text went out in parts is delivered when all parts are, and undelivered when one is. Which attempt a receipt is
 * about is decided by `belongingOf` of the domain; what nobody can tell is kept and told (`receipt_trouble`).
 */

import type { ToldStatus } from '../../domain/noticeStatuses';
import { type Belonging, belongingOf, RECEIPT_WINDOW_MS, type ToldId } from '../../domain/receiptBelonging';
import { type Client, together } from '../transaction';
import { type EndedPart, endParts, type Given, type NamedAttempt, readGiven, readNamed } from './receiptParts';
import { insertReceiptTroubles, type KeptTrouble, type ReceiptTrouble } from './receiptTroubles';

export interface MessageRef {
  tenantId: string;
  provider: string;
  providerMessageId: string;
}

/** A receipt of one of a provider's messages. */
export interface ToldReceipt {
  providerMessageId: string;
  /** What makes two receipts the same one: the provider's own id, or a hash of its content. */
  receiptKey: string;
  /** `pending` is kept, and moves nothing. */
  status: ToldStatus;
  receivedAtMs: number;
  /** What the provider sent, without phone numbers. */
  body: unknown;
  /** The provider's own code, such as DELIVRD. */
  code?: string | undefined;
  /** Our own reference, from providers that return it: finds the attempt even when its answer was lost. */
  reference?: string | undefined;
  /** The session that it came on, where the provider has sessions. */
  session?: string | undefined;
}

export interface ReceiptResult {
  /** `left-out`: of a message that nobody knows, and there were too many such; it is not kept. */
  receipt: 'recorded' | 'repeated' | 'left-out';
  /** The notice that it ended; undefined when that had ended before, or its message is not known yet. */
  movedNoticeId: string | undefined;
  /** Why it moved nothing, where it might have had to. */
  trouble?: KeptTrouble | undefined;
}

interface ProviderRef {
  tenantId: string;
  provider: string;
}

/** A receipt as it is kept: of two with one name that came after one another's time, the second has another key. */
interface Keyed {
  receipt: ToldReceipt;
  toldKey: string;
  keptKey: string;
  isNew: boolean;
  /** The database's count when the one before it came; null where there is none, or it is of the same list. */
  earlierOrder: number | null;
}

/**
 * Keeps receipts of a provider and moves their notices forward: to their end, and never from there. In a transaction,
 * in the same few statements for one as for a thousand. A receipt of a message that is not known yet stays, and is
 * applied when the provider's answer is kept, as many of them as `admitUnknown` lets in. One result for each receipt, in
 * their order.
 */
export async function recordReceipts(
  client: Client,
  {
    tenantId,
    provider,
    receipts,
    admitUnknown = (count) => count,
  }: ProviderRef & { receipts: readonly ToldReceipt[]; admitUnknown?: ((count: number) => number) | undefined },
): Promise<ReceiptResult[]> {
  if (receipts.length === 0) return [];
  const ref = { tenantId, provider };
  const ids = [...new Set(receipts.map(({ providerMessageId }) => providerMessageId))];
  const references = receipts.flatMap(({ reference }) => reference ?? []);
  const oldestMs = Math.min(...receipts.map(({ receivedAtMs }) => receivedAtMs));
  const [, kept, given, named] = await together([
    lockMessages(
      client,
      ids.map((providerMessageId) => ({ ...ref, providerMessageId })),
    ),
    readKept(client, ref, ids),
    readGiven(client, { ...ref, providerMessageIds: ids, oldestMs }),
    readNamed(client, { ...ref, references }),
  ]);
  const keyed = withKeys(receipts, kept);
  const leftOut = beyond(keyed, { given, named }, admitUnknown);
  const inserted = await insertReceipts(
    client,
    ref,
    keyed.filter((each) => each.isNew && !leftOut.has(each)),
  );
  const decided = decideAll(
    keyed.map((each) => ({ ...each, isNew: each.isNew && inserted.has(each.keptKey) })),
    { given, named },
  );
  await insertReceiptTroubles(client, { ...ref, troubles: decided.flatMap(({ trouble }) => trouble ?? []) });
  const ended = await endParts(
    client,
    ref,
    decided.flatMap(({ ends }) => ends ?? []),
  );
  return decided.map(({ isNew, ends, trouble }, index) => {
    const told = keyed[index];
    if (told && leftOut.has(told)) return { receipt: 'left-out', movedNoticeId: undefined };
    const movedNoticeId = ends && ended.has(ends) ? ends.given.noticeId : undefined;
    const result = { receipt: isNew ? ('recorded' as const) : ('repeated' as const), movedNoticeId };
    return trouble && trouble.reason !== 'unreadable' ? { ...result, trouble: trouble.reason } : result;
  });
}

/** Of receipts of messages that nobody knows those that are too many. */
function beyond(
  keyed: readonly Keyed[],
  { given, named }: World,
  admitUnknown: (count: number) => number,
): ReadonlySet<Keyed> {
  const ids = new Set(given.map(({ providerMessageId }) => providerMessageId));
  const unknown = keyed.filter(
    ({ isNew, receipt: { providerMessageId, reference } }) =>
      isNew && !ids.has(providerMessageId) && (reference === undefined || !named.has(reference)),
  );
  return new Set(unknown.length === 0 ? [] : unknown.slice(admitUnknown(unknown.length)));
}

interface Decided {
  isNew: boolean;
  ends?: EndedPart;
  trouble?: ReceiptTrouble;
}

interface World {
  given: Given[];
  named: ReadonlyMap<string, NamedAttempt>;
}

/** In their order; decided by arrival, and of one moment by key, because each end leaves less for the next. */
function decideAll(keyed: readonly Keyed[], world: World): Decided[] {
  const decided: Decided[] = keyed.map(({ isNew }) => ({ isNew }));
  const byArrival = [...keyed.entries()].sort(
    ([, one], [, other]) =>
      one.receipt.receivedAtMs - other.receipt.receivedAtMs || (one.keptKey < other.keptKey ? -1 : 1),
  );
  for (const [index, each] of byArrival) {
    if (each.receipt.status !== 'pending') decided[index] = { isNew: each.isNew, ...decide(each, world) };
  }
  return decided;
}

function decide({ receipt, keptKey, isNew, earlierOrder }: Keyed, world: World): Omit<Decided, 'isNew'> {
  const { providerMessageId, receivedAtMs, reference } = receipt;
  const told = toldOf(receipt, Number.MAX_SAFE_INTEGER);
  const named = reference === undefined ? undefined : world.named.get(reference);
  const belonging = named
    ? belongingOfNamed(receipt, named, world)
    : belongingOf(
        told,
        world.given.filter((each) => each.providerMessageId === providerMessageId),
      );
  const about = { providerMessageId, receiptKey: keptKey, receivedAtMs };
  if (isNew) return applied(belonging, { ...about, status: receipt.status as EndedPart['status'] });
  // The same words as before, and an attempt was given the id since: a double, or the end of that one.
  const isDoubtful =
    !named && belonging.status === 'found' && earlierOrder !== null && (belonging.given.order ?? 0) > earlierOrder;
  return isDoubtful ? { trouble: troubleOf('ambiguous', about) } : {};
}

type Told = Pick<EndedPart, 'receiptKey' | 'status'> & { providerMessageId: string; receivedAtMs: number };

/** What a receipt that is new ends, or why it ends nothing. */
function applied(
  belonging: Belonging<Given> | { status: 'trouble'; trouble: KeptTrouble },
  told: Told,
): Omit<Decided, 'isNew'> {
  switch (belonging.status) {
    case 'found': {
      const { given } = belonging;
      given.isOpen = false;
      given.receiptKey = told.receiptKey;
      return { ends: { given, receiptKey: told.receiptKey, status: told.status, atMs: told.receivedAtMs } };
    }
    case 'trouble':
      return { trouble: troubleOf(belonging.trouble, told) };
    default:
      return {};
  }
}

/** Our reference says which attempt it is: the one that it names, and no other. An answer that was lost is made up for. */
function belongingOfNamed(
  receipt: ToldReceipt,
  named: NamedAttempt,
  { given }: World,
): Belonging<Given> | { status: 'trouble'; trouble: 'other-message' } {
  const { providerMessageId, session } = receipt;
  const { noticeId, attempt, attemptedAtMs, order, messageIds } = named;
  const part = given.find(
    (each) => each.noticeId === noticeId && each.attempt === attempt && each.providerMessageId === providerMessageId,
  );
  if (part?.isOpen) return { status: 'found', given: part };
  if (part || !named.isLive || messageIds.includes(providerMessageId)) return { status: 'ended' };
  if (messageIds.length > 0) return { status: 'trouble', trouble: 'other-message' };
  const adopted: Given = {
    ...{ noticeId, attempt, attemptedAtMs, order, providerMessageId, reference: named.reference },
    ...{ session: session ?? null, isOpen: true, receiptKey: null, isAdopted: true },
  };
  given.push(adopted);
  messageIds.push(providerMessageId);
  return { status: 'found', given: adopted };
}

function toldOf(
  { receivedAtMs, session }: Pick<ToldReceipt, 'receivedAtMs' | 'session'>,
  order: number | null,
): ToldId {
  return { receivedAtMs, order, session: session ?? null };
}

const FAULTS: Readonly<Record<KeptTrouble, string>> = {
  ambiguous: 'several attempts have its id: it may be about any of them',
  'other-session': 'its id was given by another account at the carrier',
  'too-late': 'its id was given longer before than carriers take to tell',
  'other-message': 'its reference and its id are of different messages',
};

function troubleOf(
  reason: KeptTrouble,
  { providerMessageId, receiptKey, receivedAtMs }: Omit<Told, 'status'>,
): ReceiptTrouble {
  return { reason, fault: FAULTS[reason], atMs: receivedAtMs, providerMessageId, receiptKey };
}

interface KeptName {
  toldKey: string;
  receivedAtMs: number;
  order: number | null;
}

/** The newest of each name that is kept of these messages. */
async function readKept(
  client: Client,
  { tenantId, provider }: ProviderRef,
  providerMessageIds: readonly string[],
): Promise<KeptName[]> {
  const { rows } = await client.query<KeptName>(
    `select distinct on (1) coalesce(told_key, receipt_key) as "toldKey", received_at_ms as "receivedAtMs",
       told_order as "order"
     from receipt where tenant_id = $1 and provider = $2 and provider_message_id = any($3::text[])
     order by 1, received_at_ms desc`,
    [tenantId, provider, providerMessageIds],
  );
  return rows;
}

/**
 * A receipt of one name within the time for receipts is a double; after it the carrier gave the id again. The same name
 * on another session is another receipt.
 */
function withKeys(receipts: readonly ToldReceipt[], kept: readonly KeptName[]): Keyed[] {
  const newest = new Map(kept.map(({ toldKey, ...name }) => [toldKey, name]));
  return receipts.map((receipt) => {
    const { receiptKey, receivedAtMs, session } = receipt;
    const toldKey = session === undefined ? receiptKey : `${receiptKey}@${session}`;
    const before = newest.get(toldKey);
    const isNew = before === undefined || receivedAtMs - before.receivedAtMs > RECEIPT_WINDOW_MS;
    if (isNew) newest.set(toldKey, { receivedAtMs, order: null });
    const keptKey = before === undefined || !isNew ? toldKey : `${toldKey}#${receivedAtMs}`;
    return { receipt, toldKey, keptKey, isNew, earlierOrder: before?.order ?? null };
  });
}

/** The keys of those that were not there. */
async function insertReceipts(
  client: Client,
  { tenantId, provider }: ProviderRef,
  keyed: readonly Keyed[],
): Promise<ReadonlySet<string>> {
  if (keyed.length === 0) return new Set();
  const column = <Value>(of: (each: Keyed) => Value) => keyed.map(of);
  const { rows } = await client.query<{ receiptKey: string }>(
    `insert into receipt (tenant_id, provider, receipt_key, told_key, provider_message_id, status, received_at_ms, body,
       code, reference, session)
     select $1, $2, receipt_key, told_key, provider_message_id, status, received_at_ms, body, code, reference, session
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::jsonb[], $9::text[], $10::text[],
         $11::text[])
         as told (receipt_key, told_key, provider_message_id, status, received_at_ms, body, code, reference, session)
     on conflict do nothing returning receipt_key as "receiptKey"`,
    [
      ...[tenantId, provider, column(({ keptKey }) => keptKey), column(({ toldKey }) => toldKey)],
      ...[column(({ receipt }) => receipt.providerMessageId), column(({ receipt }) => receipt.status)],
      ...[column(({ receipt }) => receipt.receivedAtMs), column(({ receipt }) => JSON.stringify(receipt.body ?? null))],
      ...[column(({ receipt }) => receipt.code ?? null), column(({ receipt }) => receipt.reference ?? null)],
      column(({ receipt }) => receipt.session ?? null),
    ],
  );
  return new Set(rows.map(({ receiptKey }) => receiptKey));
}

/** The ids under which the provider knows an attempt, and the session that submitted it. */
export interface Adopted {
  noticeId: string;
  attempt: number;
  providerMessageIds: readonly string[];
  session?: string | undefined;
}

/** Keeps the ids under which the provider knows attempts, and applies what receipts have told of them already. */
export async function adoptMessages(
  client: Client,
  { attempts, ...ref }: ProviderRef & { attempts: readonly Adopted[] },
): Promise<void> {
  const messages = attempts.flatMap(({ providerMessageIds, ...of }) =>
    providerMessageIds.map((providerMessageId) => ({ ...of, providerMessageId })),
  );
  if (messages.length === 0) return;
  const { tenantId, provider } = ref;
  const ids = messages.map(({ providerMessageId }) => providerMessageId);
  const [noticeIds, numbers] = [messages.map(({ noticeId }) => noticeId), messages.map(({ attempt }) => attempt)];
  const [, , given, told] = await together([
    lockMessages(
      client,
      ids.map((providerMessageId) => ({ ...ref, providerMessageId })),
    ),
    client.query(
      `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt, session)
       select $1, $2, * from unnest($3::text[], $4::uuid[], $5::int[], $6::text[]) on conflict do nothing`,
      [tenantId, provider, ids, noticeIds, numbers, messages.map(({ session }) => session ?? null)],
    ),
    readGiven(client, { ...ref, providerMessageIds: ids, oldestMs: undefined }),
    readTold(client, ref, { ids, noticeIds, numbers }),
  ]);
  const isAdopted = new Set(messages.map(({ noticeId, attempt }) => `${noticeId} ${attempt}`));
  for (const each of given) each.isAdopted = isAdopted.has(`${each.noticeId} ${each.attempt}`);
  const decided = told.map((each) => decideAnew(each, given));
  await insertReceiptTroubles(client, { ...ref, troubles: decided.flatMap(({ trouble }) => trouble ?? []) });
  await endParts(
    client,
    ref,
    decided.flatMap(({ ends }) => ends ?? []),
  );
}

/** A final receipt that came after one of the attempts was made, before its answer. */
interface ToldBefore extends ToldId {
  providerMessageId: string;
  receiptKey: string;
  status: EndedPart['status'];
  /** Our reference, where it names an attempt of the provider. */
  reference: string | null;
}

/** What an answer makes of a receipt that came before it. */
function decideAnew(told: ToldBefore, given: readonly Given[]): Omit<Decided, 'isNew'> {
  const { receiptKey, reference } = told;
  const ofId = given.filter(({ providerMessageId }) => providerMessageId === told.providerMessageId);
  const ofReference = reference === null ? ofId : ofId.filter((each) => each.reference === reference);
  const used = ofId.find((each) => each.receiptKey === receiptKey);
  if (!used) {
    const belonging = belongingOf(told, ofReference);
    // One that was there before had this receipt judged when it came.
    if (belonging.status === 'found' && !belonging.given.isAdopted) return {};
    return applied(belonging, told);
  }
  if (reference !== null) return {};
  // It ended another one, by all that was known then: would it today?
  const belonging = belongingOf(
    told,
    ofId.map((each) => (each === used ? { ...each, isOpen: true } : each)),
  );
  const isStill = belonging.status === 'found' && belonging.given.receiptKey === receiptKey;
  return isStill ? {} : { trouble: troubleOf('ambiguous', told) };
}

async function readTold(
  client: Client,
  { tenantId, provider }: ProviderRef,
  { ids, noticeIds, numbers }: { ids: readonly string[]; noticeIds: readonly string[]; numbers: readonly number[] },
): Promise<ToldBefore[]> {
  const { rows } = await client.query<ToldBefore>(
    `with made as (
       select min(coalesce(made_order, 0)) as made_order from notice_attempt
         join unnest($4::uuid[], $5::int[]) as given (notice_id, attempt) using (notice_id, attempt)
        where tenant_id = $1
     )
     select provider_message_id as "providerMessageId", receipt_key as "receiptKey", status,
       received_at_ms as "receivedAtMs", told_order as "order", session,
       (select reference from notice_attempt attempt where attempt.tenant_id = $1 and attempt.provider = $2
          and attempt.reference = receipt.reference) as reference
     from receipt, made
      where tenant_id = $1 and provider = $2 and provider_message_id = any($3::text[]) and status <> 'pending'
        and coalesce(told_order, 0) >= made.made_order
      order by received_at_ms, receipt_key`,
    [tenantId, provider, ids, noticeIds, numbers],
  );
  return rows;
}

/**
 * Makes a receipt and the answer that it overtakes wait for each other, to the end of the transaction: without it each
 * could miss the other's row while neither has committed. Taken in one order and before any row, so that whoever holds
 * several never waits for another crosswise.
 */
export async function lockMessages(client: Client, messages: readonly MessageRef[]): Promise<void> {
  if (messages.length === 0) return;
  const keys = messages.map(({ tenantId, provider, providerMessageId }) =>
    JSON.stringify([tenantId, provider, providerMessageId]),
  );
  // In the order that lists of receipts are sorted in as well, and not in one of the database's languages.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended(key, 0))
       from (select key from unnest($1::text[]) with ordinality as messages(key, place) order by place) sorted`,
    [[...new Set(keys)].sort()],
  );
}
