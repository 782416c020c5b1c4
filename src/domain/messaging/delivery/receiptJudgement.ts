/**
 * What receipts end, and what of them is kept and told. A receipt comes doubled, late, out of order or before the answer
 * that it belongs to. Which attempt it is about is `belongingOf`; here is which receipts are new, what each of a list
 * leaves for the next, what an answer makes of those that overtook it, and what the parts of a text come to.
 */
import {
  type Belonging,
  type BelongingTrouble,
  belongingOf,
  type GivenId,
  RECEIPT_WINDOW_MS,
  type ToldId,
} from './receiptBelonging';

/** The end of a text, or of a part of it. */
export type EndStatus = 'delivered' | 'undelivered';

/** A receipt of one of a provider's messages. */
export interface ToldReceipt {
  providerMessageId: string;
  /** What makes two receipts the same one: the provider's own id, or a hash of its content. */
  receiptKey: string;
  /** `pending` is kept, and moves nothing. */
  status: EndStatus | 'pending';
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

/** An id that an attempt was given; of a text in parts one of them. */
export interface Given extends GivenId {
  providerMessageId: string;
  noticeId: string;
  attempt: number;
  /** Our own of the attempt. */
  reference: string;
  /** The receipt that ended it. */
  receiptKey: string | null;
  /** Not there before. */
  isAdopted?: boolean;
}

/** An attempt that a receipt names by our own reference. */
export interface NamedAttempt extends Pick<Given, 'noticeId' | 'attempt' | 'reference' | 'attemptedAtMs' | 'order'> {
  /** It may still have an end. */
  isLive: boolean;
  messageIds: string[];
}

/** The end of a part, by a receipt. */
export interface EndedPart {
  given: Given;
  receiptKey: string;
  status: EndStatus;
  atMs: number;
}

/** Why a receipt that is kept moved nothing: what {@link BelongingTrouble} says, or its reference and its id disagree. */
export type KeptTrouble = BelongingTrouble | 'other-message';

/** A receipt that is kept and moved nothing, for people. */
export interface TroubledReceipt {
  reason: KeptTrouble;
  fault: string;
  atMs: number;
  providerMessageId: string;
  receiptKey: string;
}

/** The newest receipt of a name that is kept. */
export interface KeptName {
  toldKey: string;
  receivedAtMs: number;
  order: number | null;
}

/** A receipt as it is kept: of two with one name that came after one another's time, the second has another key. */
export interface KeyedReceipt {
  receipt: ToldReceipt;
  toldKey: string;
  keptKey: string;
  isNew: boolean;
  /** The database's count when the one before it came; null where there is none, or it is of the same list. */
  earlierOrder: number | null;
}

/** What is known of the attempts that a list of receipts may be about. */
export interface KnownAttempts {
  given: readonly Given[];
  named: ReadonlyMap<string, NamedAttempt>;
}

export interface JudgedReceipt {
  isNew: boolean;
  ends?: EndedPart;
  trouble?: TroubledReceipt;
}

/**
 * A receipt of one name within the time for receipts is a double; after it the carrier gave the id again. The same name
 * on another session is another receipt.
 */
export function keyReceipts(receipts: readonly ToldReceipt[], kept: readonly KeptName[]): KeyedReceipt[] {
  const newest = new Map<string, Omit<KeptName, 'toldKey'>>(kept.map(({ toldKey, ...name }) => [toldKey, name]));
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

/** New receipts of messages that nobody knows: a stranger can send as many as there is room for. */
export function unknownReceipts(keyed: readonly KeyedReceipt[], { given, named }: KnownAttempts): KeyedReceipt[] {
  const ids = new Set(given.map(({ providerMessageId }) => providerMessageId));
  return keyed.filter(
    ({ isNew, receipt: { providerMessageId, reference } }) =>
      isNew && !ids.has(providerMessageId) && (reference === undefined || !named.has(reference)),
  );
}

/** What is known, as receipts change it one after the other. */
interface World {
  given: Given[];
  named: ReadonlyMap<string, NamedAttempt>;
}

/** In their order; judged by arrival, and of one moment by key, because each end leaves less for the next. */
export function judgeReceipts(keyed: readonly KeyedReceipt[], known: KnownAttempts): JudgedReceipt[] {
  const world = copyOf(known);
  const judged: JudgedReceipt[] = keyed.map(({ isNew }) => ({ isNew }));
  const byArrival = [...keyed.entries()].sort(
    ([, one], [, other]) =>
      one.receipt.receivedAtMs - other.receipt.receivedAtMs || (one.keptKey < other.keptKey ? -1 : 1),
  );
  for (const [index, each] of byArrival) {
    if (each.receipt.status !== 'pending') judged[index] = { isNew: each.isNew, ...judge(each, world) };
  }
  return judged;
}

function copyOf({ given, named }: KnownAttempts): World {
  return {
    given: given.map((each) => ({ ...each })),
    named: new Map([...named].map(([key, each]) => [key, { ...each, messageIds: [...each.messageIds] }])),
  };
}

function judge({ receipt, keptKey, isNew, earlierOrder }: KeyedReceipt, world: World): Omit<JudgedReceipt, 'isNew'> {
  const { providerMessageId, receivedAtMs, reference, session } = receipt;
  const named = reference === undefined ? undefined : world.named.get(reference);
  const belonging = named
    ? belongingOfNamed(receipt, named, world)
    : belongingOf(
        // It is told now: after everything that was counted.
        { receivedAtMs, order: Number.MAX_SAFE_INTEGER, session: session ?? null },
        world.given.filter((each) => each.providerMessageId === providerMessageId),
      );
  const about = { providerMessageId, receiptKey: keptKey, receivedAtMs };
  if (isNew) return applied(belonging, { ...about, status: receipt.status as EndStatus });
  // The same words as before, and an attempt was given the id since: a double, or the end of that one.
  const isDoubtful =
    !named && belonging.status === 'found' && earlierOrder !== null && (belonging.given.order ?? 0) > earlierOrder;
  return isDoubtful ? { trouble: troubleOf('ambiguous', about) } : {};
}

type Told = Pick<EndedPart, 'receiptKey' | 'status'> & { providerMessageId: string; receivedAtMs: number };

/** What a receipt that is new ends, or why it ends nothing. */
function applied(
  belonging: Belonging<Given> | { status: 'trouble'; trouble: KeptTrouble },
  reported: Told,
): Omit<JudgedReceipt, 'isNew'> {
  switch (belonging.status) {
    case 'found': {
      const { given } = belonging;
      given.isOpen = false;
      given.receiptKey = reported.receiptKey;
      return { ends: { given, receiptKey: reported.receiptKey, status: reported.status, atMs: reported.receivedAtMs } };
    }
    case 'trouble':
      return { trouble: troubleOf(belonging.trouble, reported) };
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
    noticeId,
    attempt,
    attemptedAtMs,
    order,
    providerMessageId,
    reference: named.reference,
    session: session ?? null,
    isOpen: true,
    receiptKey: null,
    isAdopted: true,
  };
  given.push(adopted);
  messageIds.push(providerMessageId);
  return { status: 'found', given: adopted };
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
): TroubledReceipt {
  return { reason, fault: FAULTS[reason], atMs: receivedAtMs, providerMessageId, receiptKey };
}

/** A final receipt that came after one of the attempts was made, before its answer. */
export interface ToldBefore extends ToldId {
  providerMessageId: string;
  receiptKey: string;
  status: EndStatus;
  /** Our reference, where it names an attempt of the provider. */
  reference: string | null;
}

/** What an answer makes of the receipts that came before it, in their order; `given` with the ids that it gave. */
export function judgeOvertaken(
  reported: readonly ToldBefore[],
  given: readonly Given[],
): Omit<JudgedReceipt, 'isNew'>[] {
  const known = given.map((each) => ({ ...each }));
  return reported.map((each) => judgeAnew(each, known));
}

function judgeAnew(reported: ToldBefore, given: readonly Given[]): Omit<JudgedReceipt, 'isNew'> {
  const { receiptKey, reference } = reported;
  const ofId = given.filter(({ providerMessageId }) => providerMessageId === reported.providerMessageId);
  const ofReference = reference === null ? ofId : ofId.filter((each) => each.reference === reference);
  const used = ofId.find((each) => each.receiptKey === receiptKey);
  if (!used) {
    const belonging = belongingOf(reported, ofReference);
    // One that was there before had this receipt judged when it came.
    if (belonging.status === 'found' && !belonging.given.isAdopted) return {};
    return applied(belonging, reported);
  }
  if (reference !== null) return {};
  // It ended another one, by all that was known then: would it today?
  const belonging = belongingOf(
    reported,
    ofId.map((each) => (each === used ? { ...each, isOpen: true } : each)),
  );
  const isStill = belonging.status === 'found' && belonging.given.receiptKey === receiptKey;
  return isStill ? {} : { trouble: troubleOf('ambiguous', reported) };
}

/** Of a text in parts: delivered when all of them are, undelivered when one is; undefined while it is open. */
export function endOfParts(parts: readonly (EndStatus | null)[]): EndStatus | undefined {
  if (parts.includes('undelivered')) return 'undelivered';
  return parts.length > 0 && parts.every((status) => status === 'delivered') ? 'delivered' : undefined;
}
