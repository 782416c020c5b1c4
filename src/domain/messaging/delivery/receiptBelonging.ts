/**
 * Which attempt a receipt is about, where all that it says is the carrier's message id. Ids come again: SMSCs begin to
 * count anew, and two sessions of one carrier may each count for themselves. What cannot be told apart belongs to
 * nobody, because a wrong end is false evidence (docs/decisions/0030).
 */
import { SEND_POLICY } from './sendOutcomes';

/** Carriers tell within 72 hours or never (facts 3.5): an id that was given before that is another message's by now. */
export const RECEIPT_WINDOW_MS = SEND_POLICY.unknownForGoodAfterMs;
/** Between the clocks of those who wrote instants, where there was no count yet. */
const CLOCKS_MS = 60_000;

/** A message id that an attempt was given. */
export interface GivenId {
  attemptedAtMs: number;
  /** The database's count of attempts and receipts in the order of their arrival; null before there was one. */
  order: number | null;
  /** The session that submitted it, `ACCOUNT.INSTANCE`: what the SMSC knows a client by, and one of its sessions. */
  session: string | null;
  /** No receipt has ended it. */
  isOpen: boolean;
}

export interface ToldId {
  receivedAtMs: number;
  /** The same count. */
  order: number | null;
  /** The session that it came on. */
  session: string | null;
}

/** Why a receipt that could belong to an attempt is kept and moves nothing. */
export const BELONGING_TROUBLES = [
  /** It fits several attempts. */
  'ambiguous',
  /** The id was given by another account at the SMSC. */
  'other-session',
  /** The id was given too long before. */
  'too-late',
] as const;
export type BelongingTrouble = (typeof BELONGING_TROUBLES)[number];

export type Belonging<Given extends GivenId> =
  | { status: 'found'; given: Given }
  /** Its message has an end already: the first receipt counts. */
  | { status: 'ended' }
  /** Of no attempt that is known, so far. */
  | { status: 'nobody' }
  | { status: 'trouble'; trouble: BelongingTrouble };

/**
 * `given` are the attempts that were given the receipt's id, by the same provider. A receipt of an account comes on any
 * of its sessions, as carriers do it, unless the session that it came on gave the id itself.
 */
export function belongingOf<Given extends GivenId>(reported: ToldId, given: readonly Given[]): Belonging<Given> {
  const before = given.filter((each) => isBefore(each, reported));
  const recent = before.filter(({ attemptedAtMs }) => reported.receivedAtMs - attemptedAtMs <= RECEIPT_WINDOW_MS);
  const ofAccount = recent.filter(({ session }) => isSameAccount(session, reported.session));
  const ofSession = ofAccount.filter(({ session }) => session !== null && session === reported.session);
  const rivals = ofSession.length > 0 ? ofSession : ofAccount;
  const [open, ...others] = rivals.filter(({ isOpen }) => isOpen);
  if (open) {
    // An older one beside a newer one that has its end: it may be a second word about the newer.
    const isAlone = others.length === 0 && !rivals.some((each) => isLater(each, open));
    return isAlone ? { status: 'found', given: open } : { status: 'trouble', trouble: 'ambiguous' };
  }
  if (rivals.length > 0) return { status: 'ended' };
  if (recent.some(({ isOpen }) => isOpen)) return { status: 'trouble', trouble: 'other-session' };
  if (before.some(({ isOpen }) => isOpen)) return { status: 'trouble', trouble: 'too-late' };
  return { status: 'nobody' };
}

/** Whether the attempt was made before the receipt came. Instants are of several clocks, so the count says it. */
function isBefore(given: GivenId, reported: ToldId): boolean {
  if (given.order !== null || reported.order !== null) return (given.order ?? 0) <= (reported.order ?? 0);
  return given.attemptedAtMs <= reported.receivedAtMs + CLOCKS_MS;
}

function isLater(one: GivenId, other: GivenId): boolean {
  const [oneOrder, otherOrder] = [one.order ?? 0, other.order ?? 0];
  return oneOrder === otherOrder ? one.attemptedAtMs > other.attemptedAtMs : oneOrder > otherOrder;
}

function isSameAccount(one: string | null, other: string | null): boolean {
  return one === null || other === null || accountOf(one) === accountOf(other);
}

/** What comes before the dot. */
function accountOf(session: string): string {
  return session.slice(0, session.indexOf('.'));
}
