/**
 * What has to be done by its time, and whether it was. A run is checked by it at its end, and a clock that goes faster
 * than life waits for it.
 */

import type { Stage } from '../credit/account';
import { isClosed } from '../credit/accountStages';

export interface AccountTimes {
  stage: Stage;
  openedAtMs: number;
  /** Null until the first step. */
  advancedAtMs: number | null;
  nextDeadlineAtMs: number | null;
  /** By which rules it was folded last. */
  foldVersion: number;
}

/** Open, and behind: its deadline lies before the instant, or it has not even taken its first step. */
export function missedItsDeadline(account: AccountTimes, beforeMs: number): boolean {
  if (isClosed(account)) return false;
  const isPast = account.nextDeadlineAtMs !== null && account.nextDeadlineAtMs < beforeMs;
  return isPast || account.advancedAtMs === null;
}

/** When an open account has to step next; undefined for one that waits for nothing. */
export function accountDueAtMs(account: AccountTimes): number | undefined {
  if (isClosed(account)) return undefined;
  return account.advancedAtMs === null ? account.openedAtMs : (account.nextDeadlineAtMs ?? undefined);
}

/** Until when a clock may go on while something waits: by a grace, for a notice by a part of what it is good for. */
export function holdsClockAtMs(
  waits: { dueAtMs: number; goodForMs?: number | undefined },
  { graceMs, shareOfNotice }: { graceMs: number; shareOfNotice: number },
): number {
  const ofNoticeMs = waits.goodForMs === undefined ? graceMs : waits.goodForMs * shareOfNotice;
  return waits.dueAtMs + Math.floor(Math.min(graceMs, ofNoticeMs));
}

/** Open accounts whose deadline was found by rules that are no more in use are told to look, again where none did. */
export function hasToLook(
  account: Pick<AccountTimes, 'stage' | 'advancedAtMs' | 'foldVersion'> & { toldAtMs: number | null },
  { foldVersion, nowMs, againAfterMs }: { foldVersion: number; nowMs: number; againAfterMs: number },
): boolean {
  if (isClosed(account) || account.advancedAtMs === null || account.foldVersion >= foldVersion) return false;
  return account.toldAtMs === null || account.toldAtMs < nowMs - againAfterMs;
}
