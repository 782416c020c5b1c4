/**
 * Checks of codes and reports, counted: for the limits of who asks, for the warning of a borrower, and for the guard.
 * Anybody can check and report, so for the guard counts how many there are, not how often they ask.
 */

import { DAY_MS, HOUR_MS } from '../../values/timeUnits';
import type { CheckEvidence } from '../guard/guardEvidence';
import type { AskedBefore, CheckOutcome } from './verificationCodes';

const WEEK_HOURS = 168;

/** A check, or a report, of whom and for whom. */
export interface Signal {
  phoneHash: string;
  addressHash: string;
  /** Null of those from before networks were kept: they count by their address. */
  networkHash: string | null;
  atMs: number;
  outcome: CheckOutcome | 'kept';
}

/** What counts against the limits: everything that was let through them, whatever it came to. */
export function askedBefore(
  signals: readonly Signal[],
  { phoneHash, addressHash, sinceMs }: { phoneHash: string; addressHash: string; sinceMs: number },
): AskedBefore & { addressSinceMs: number | null } {
  const counted = signals.filter(({ atMs, outcome }) => atMs > sinceMs && outcome !== 'limited');
  const ofAddress = counted.filter((each) => each.addressHash === addressHash);
  return {
    byPhone: counted.filter((each) => each.phoneHash === phoneHash).length,
    byAddress: ofAddress.length,
    inTotal: counted.length,
    addressSinceMs: ofAddress.length > 0 ? Math.min(...ofAddress.map(({ atMs }) => atMs)) : null,
  };
}

/** Checks of a phone that failed: with a code that is none, or that answers no more. */
export function failedOfPhone(
  signals: readonly Signal[],
  { phoneHash, sinceMs }: { phoneHash: string; sinceMs: number },
): number {
  return signals.filter((each) => each.phoneHash === phoneHash && each.atMs > sinceMs && isFailed(each)).length;
}

function isFailed({ outcome }: Signal): boolean {
  return outcome === 'no-match' || outcome === 'expired';
}

/** Whether one is kept: of those over a limit only so many of a window, or a flood would fill the table that shows it. */
export function isKept(
  outcome: Signal['outcome'],
  before: readonly Signal[],
  { sinceMs, limitedAtMost }: { sinceMs: number; limitedAtMost: number },
): boolean {
  if (outcome !== 'limited') return true;
  return before.filter((each) => each.outcome === 'limited' && each.atMs > sinceMs).length < limitedAtMost;
}

interface Span {
  asOfMs: number;
  /** When people last ended the alarm: of the last hour only what came later counts. */
  countFromMs?: number | undefined;
}

/**
 * The last hour against the week before it. Phones, each once a day, and no more than there are networks, each once a
 * day. Only of phones that got a code from us: a stranger can make up others. Those over a limit are left out.
 */
export function checkEvidenceOf(
  of: { checks: readonly Signal[]; reports: readonly Signal[]; borrowerPhones: ReadonlySet<string> },
  span: Span,
): CheckEvidence {
  const ours = ({ phoneHash }: Signal) => of.borrowerPhones.has(phoneHash);
  const failed = countSignals(
    of.checks.filter((each) => isFailed(each) && ours(each)),
    span,
  );
  const reports = countSignals(
    of.reports.filter((each) => each.outcome === 'kept' && ours(each)),
    span,
  );
  return {
    failedLastHour: failed.recent,
    reportsLastHour: reports.recent,
    usualFailedPerHour: failed.before / WEEK_HOURS,
    usualReportsPerHour: reports.before / WEEK_HOURS,
  };
}

function countSignals(
  signals: readonly Signal[],
  { asOfMs, countFromMs = 0 }: Span,
): { recent: number; before: number } {
  const hourAgoMs = asOfMs - HOUR_MS;
  const startMs = hourAgoMs - WEEK_HOURS * HOUR_MS;
  const counted = signals.filter(({ atMs }) => atMs > startMs && atMs <= asOfMs);
  const newOf = (name: (signal: Signal) => string) => {
    const firstMs = new Map<string, number>();
    for (const signal of counted.filter(({ atMs }) => atMs > asOfMs - DAY_MS)) {
      firstMs.set(name(signal), Math.min(signal.atMs, firstMs.get(name(signal)) ?? Number.POSITIVE_INFINITY));
    }
    return [...firstMs.values()].filter((atMs) => atMs > Math.max(hourAgoMs, countFromMs)).length;
  };
  const daysOf = (name: (signal: Signal) => string) => {
    const before = counted.filter(({ atMs }) => atMs <= hourAgoMs);
    return new Set(before.map((signal) => `${name(signal)} ${Math.floor((signal.atMs - startMs) / DAY_MS)}`)).size;
  };
  return {
    recent: Math.min(newOf(phoneOf), newOf(networkOf)),
    before: Math.min(daysOf(phoneOf), daysOf(networkOf)),
  };
}

const phoneOf = ({ phoneHash }: Signal) => phoneHash;
const networkOf = ({ networkHash, addressHash }: Signal) => networkHash ?? addressHash;

/** A code that a text took to a phone. */
export interface IssuedTo {
  phoneHash: string;
  kind: string;
  issuedAtMs: number;
}

/** Checks that failed, those over a limit as well, by the kind of the notice that the phone got last before each. */
export function failedSince(checks: readonly Signal[], codes: readonly IssuedTo[], sinceMs: number) {
  const failed = checks
    .filter(({ atMs, outcome }) => atMs >= sinceMs && outcome !== 'match')
    .map((check) => ({ ...check, kind: latestKind(codes, check) }));
  const known = failed.filter(({ kind }) => kind !== undefined);
  return {
    total: failed.length,
    limited: failed.filter(({ outcome }) => outcome === 'limited').length,
    phones: new Set(failed.map(phoneOf)).size,
    borrowerPhones: new Set(known.map(phoneOf)).size,
    byKind: countsOf(known.map(({ kind }) => kind ?? '')).map(([kind, count]) => ({ kind, count })),
  };
}

function latestKind(codes: readonly IssuedTo[], { phoneHash, atMs }: Signal): string | undefined {
  const before = codes.filter((code) => code.phoneHash === phoneHash && code.issuedAtMs <= atMs);
  return before.sort((one, other) => other.issuedAtMs - one.issuedAtMs)[0]?.kind;
}

/** Reports within the limits, by reason. */
export function reportedSince(
  reports: readonly (Signal & { reason: string })[],
  borrowerPhones: ReadonlySet<string>,
  sinceMs: number,
) {
  const kept = reports.filter(({ atMs, outcome }) => atMs >= sinceMs && outcome === 'kept');
  return {
    total: kept.length,
    phones: new Set(kept.map(phoneOf)).size,
    borrowerPhones: new Set(kept.map(phoneOf).filter((phone) => borrowerPhones.has(phone))).size,
    byReason: countsOf(kept.map(({ reason }) => reason)).map(([reason, count]) => ({ reason, count })),
  };
}

function countsOf(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Whom a code was given for. */
interface GivenCode {
  noticeId: string;
  phoneHash: string;
  issuedAtMs: number;
  accountId: string;
  borrowerId: string;
}

/** Who is warned of a phone: whom it got its latest code for, and of two of one instant the one of the lesser notice. */
export function codeToWarnBy<Code extends GivenCode>(codes: readonly Code[], phoneHash: string): Code | undefined {
  const [latest] = codes
    .filter((code) => code.phoneHash === phoneHash)
    .sort((one, other) => other.issuedAtMs - one.issuedAtMs || (one.noticeId < other.noticeId ? -1 : 1));
  return latest;
}
