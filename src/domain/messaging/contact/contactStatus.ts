/**
 * Contact status: what binds notices to a borrower now, from what is on record of the person. The choices, the holds, and
 * what has been sent and so takes of the contact budget. The rules that judge by it are in `contactRules.ts`.
 */

import type { NoticeKind } from '../../policy/lendingPolicy';
import { DAY_MS } from '../../values/timeUnits';
import type { NoticeStatus } from '../outbox/notices';
import type { HoldKind } from './contactRules';

/** The longest span that a budget counts. */
export const BUDGET_SPAN_MS = 7 * DAY_MS;
/** So long after a text went to a number a reply from there is an answer of whoever it went to. */
const REPLY_SPAN_MS = 90 * DAY_MS;

/** A choice about texts that neither law nor contract demand. */
export interface MadeChoice {
  choiceKey: string;
  wantsCourtesy: boolean;
  atMs: number;
}

/** Opted out by the latest choice; of two of one instant the later key counts. Nobody who chose nothing has. */
export function hasOptedOut(choices: readonly MadeChoice[]): boolean {
  const [latest] = [...choices].sort(
    (one, other) => other.atMs - one.atMs || (one.choiceKey < other.choiceKey ? 1 : -1),
  );
  return latest ? !latest.wantsCourtesy : false;
}

/** A hold: of a person, or of everybody in a region. */
export interface PlacedHold {
  kind: HoldKind;
  borrowerId: string | null;
  /** The beginning of an administrative code. */
  region: string | null;
  /** Only notices about this account; null: all of the borrower's. */
  accountId: string | null;
  placedAtMs: number;
  untilAtMs: number | null;
  liftedAtMs: number | null;
}

/** From its placing until its end, unless it was lifted. */
function isHoldInForce(
  { placedAtMs, untilAtMs, liftedAtMs }: Pick<PlacedHold, 'placedAtMs' | 'untilAtMs' | 'liftedAtMs'>,
  asOfMs: number,
): boolean {
  return liftedAtMs === null && placedAtMs <= asOfMs && (untilAtMs === null || untilAtMs > asOfMs);
}

/** Kinds of the holds that bind notices to a borrower about an account, each once. */
export function holdsOn(
  holds: readonly PlacedHold[],
  { borrowerId, accountId, region }: { borrowerId: string; accountId: string; region: string | null },
  asOfMs: number,
): HoldKind[] {
  const isMeant = (hold: PlacedHold) =>
    hold.region === null
      ? hold.borrowerId === borrowerId && (hold.accountId === null || hold.accountId === accountId)
      : region?.startsWith(hold.region) === true;
  const kinds = holds.filter((hold) => isHoldInForce(hold, asOfMs) && isMeant(hold)).map(({ kind }) => kind);
  return [...new Set(kinds)].sort();
}

/** What a hold is, apart from when it came. Placed again under its id with another content it is a conflict. */
export function isSameHold(
  known: Omit<PlacedHold, 'placedAtMs' | 'liftedAtMs'> & { placedBy: string },
  placed: Omit<PlacedHold, 'placedAtMs' | 'liftedAtMs'> & { placedBy: string },
): boolean {
  const { kind, borrowerId, region, accountId, placedBy, untilAtMs } = placed;
  return (
    known.kind === kind &&
    known.borrowerId === borrowerId &&
    known.region === region &&
    known.accountId === accountId &&
    known.placedBy === placedBy &&
    known.untilAtMs === untilAtMs
  );
}

/** A notice of the borrower, as the budget sees it. */
export interface ContactedBy {
  accountId: string;
  kind: NoticeKind;
  status: NoticeStatus;
  priority: number;
  attemptedAtMs: number | null;
  provider: string | null;
  /** Of a push about it; undefined where there was none. */
  push: 'attempted' | 'accepted' | 'refused' | 'unknown' | undefined;
}

/** What certainly reached nobody takes of no budget. */
const REACHED_NOBODY: readonly NoticeStatus[] = ['planned', 'refused', 'cancelled'];

function mayHaveReached({ status, attemptedAtMs }: ContactedBy, asOfMs: number): boolean {
  return attemptedAtMs !== null && attemptedAtMs > asOfMs - BUDGET_SPAN_MS && !REACHED_NOBODY.includes(status);
}

/** Whether it takes of the borrower's budget: no statutory one, and of what waits in the inbox what a push told of. */
export function takesOfBudget(notice: ContactedBy, asOfMs: number): boolean {
  const isQuiet = notice.provider === 'inbox' && (notice.push === undefined || notice.push === 'refused');
  return notice.priority > 0 && !isQuiet && mayHaveReached(notice, asOfMs);
}

/** Whether it is one of the texts about an account of which one a day is sent; a warning about the phone is none. */
export function isTextOfAccount(
  notice: ContactedBy,
  { accountId, asOfMs }: { accountId: string; asOfMs: number },
): boolean {
  return notice.accountId === accountId && notice.kind !== 'phone-changed' && mayHaveReached(notice, asOfMs);
}

/** Whose choice a text from a number is: of everybody whom a notice went to there not long ago. */
export function repliers(
  attempts: readonly { recipient: string | null; attemptedAtMs: number; borrowerId: string }[],
  { recipient, atMs }: { recipient: string; atMs: number },
): string[] {
  const ids = attempts
    .filter((attempt) => attempt.recipient === recipient && attempt.attemptedAtMs > atMs - REPLY_SPAN_MS)
    .map(({ borrowerId }) => borrowerId);
  return [...new Set(ids)].sort();
}
