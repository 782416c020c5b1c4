/**
 * Whether a text is ours, and reports of those that are not. Every check does the same statements in the same order and
 * compares as often, whoever asks about whatever: what an answer costs must not tell whose phone we know.
 */
import type { Pool } from 'pg';
import {
  CODES_LOOKED_AT,
  type CodesAndCounts,
  type KeptCode,
  lockChecks,
  readCodesAndCounts,
  recordCheck,
} from '../../db/messaging/codes/codeChecks';
import type { NoticeCodes } from '../../db/messaging/codes/codeDrawing';
import { countReports, recordReport } from '../../db/messaging/codes/fraudReports';
import { warnBorrower } from '../../db/messaging/codes/fraudWarnings';
import { inTransaction } from '../../db/transaction';
import {
  type ClaimedSender,
  type CodePolicy,
  callsForWarning,
  countedNetwork,
  type FoundCode,
  FRAUD_ALERTS,
  isOverLimit,
  judgeCheck,
  type ReportReason,
} from '../../domain/messaging/codes/verificationCodes';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';

export interface Asked {
  tenantId: string;
  /** 11 digits. */
  phone: string;
  /** Where the request came from, as `countedAddress` gives it. */
  address: string;
  /** Business instant, and its date. */
  atMs: number;
  today: IsoDate;
}

/** What may be told of a notice that is ours, to whoever holds its phone number and its code. */
interface OurNotice {
  product: Product;
  month: number;
  maskedAmount: string;
}

export type CheckAnswer =
  | { answer: 'ours'; notice: OurNotice }
  | { answer: 'not-confirmed' }
  /** The caller's own address asked too often; tells nothing of phone and code. */
  | { answer: 'too-often'; againAtMs: number };

export interface CheckTools {
  pool: Pool;
  codes: NoticeCodes;
  policy: CodePolicy;
}

/** `code` in its one form, as `readCode` gives it. */
export function checkCode(tools: CheckTools, asked: Asked & { code: string }): Promise<CheckAnswer> {
  const { pool, codes, policy } = tools;
  const { tenantId, phone, code, atMs, today } = asked;
  const ref = refOf(codes, asked);
  const codeHash = codes.hashCode(tenantId, phone, code);
  const sinceMs = atMs - policy.windowMs;
  return inTransaction(pool, async (client) => {
    await lockChecks(client, { tenantId });
    const failedSinceMs = atMs - policy.warnWithinMs;
    const known = await readCodesAndCounts(client, { ...ref, sinceMs, failedSinceMs });
    const match = findCode(codes, known.codes, codeHash);
    const outcome = judgeCheck(known, foundAs(match, atMs), policy);
    await recordCheck(client, { ...ref, outcome, atMs, sinceMs, limitedAtMost: policy.total });
    await warnBorrower(client, {
      tenantId,
      phoneHash: ref.phoneHash,
      rule: 'CODE_CHECKS_FAILED',
      episodeKey: `CODE_CHECKS_FAILED/${today}`,
      text: FRAUD_ALERTS.CODE_CHECKS_FAILED,
      reason: `${policy.warnAfterFailed} or more checks of a code failed within a day for the borrower's phone`,
      raisedAtMs: atMs,
      isDue: callsForWarning(outcome, known.failedByPhone, policy),
    });
    if (known.byAddress >= policy.perAddress) return tooOften(known, policy, atMs);
    if (outcome !== 'match' || !match) return { answer: 'not-confirmed' };
    const { product, month, maskedAmount } = match;
    return { answer: 'ours', notice: { product, month, maskedAmount } };
  });
}

export type ReportAnswer = { answer: 'taken' } | { answer: 'too-often'; againAtMs: number };

/** Keeps a report and warns the borrower of the phone. One that is over a limit of phone or total looks as taken. */
export function takeReport(
  { pool, codes, policy }: CheckTools,
  report: Asked & { claimedSender: ClaimedSender; reason: ReportReason },
): Promise<ReportAnswer> {
  const { tenantId, claimedSender, reason, atMs, today } = report;
  const ref = refOf(codes, report);
  const sinceMs = atMs - policy.windowMs;
  return inTransaction(pool, async (client) => {
    await lockChecks(client, { tenantId });
    const known = await countReports(client, { ...ref, sinceMs });
    const outcome = isOverLimit(known, policy) ? 'limited' : 'kept';
    const limitedAtMost = policy.total;
    await recordReport(client, { ...ref, claimedSender, reason, outcome, atMs, sinceMs, limitedAtMost });
    await warnBorrower(client, {
      tenantId,
      phoneHash: ref.phoneHash,
      rule: 'MESSAGE_REPORTED',
      episodeKey: `MESSAGE_REPORTED/${today}`,
      text: FRAUD_ALERTS.MESSAGE_REPORTED,
      reason: `a message that is not ours was reported for the borrower's phone (${reason})`,
      raisedAtMs: atMs,
      isDue: outcome === 'kept',
    });
    return known.byAddress >= policy.perAddress ? tooOften(known, policy, atMs) : { answer: 'taken' };
  });
}

function refOf(codes: NoticeCodes, { tenantId, phone, address }: Asked) {
  return {
    tenantId,
    phoneHash: codes.hashPhone(tenantId, phone),
    addressHash: codes.hashAddress(tenantId, address),
    networkHash: codes.hashAddress(tenantId, countedNetwork(address)),
  };
}

const NO_HASH = '0'.repeat(64);

/** Compares with as many hashes for every phone, and goes on after a match. */
function findCode(codes: NoticeCodes, kept: readonly KeptCode[], codeHash: string): KeptCode | undefined {
  let found: KeptCode | undefined;
  for (let index = 0; index < CODES_LOOKED_AT; index += 1) {
    const isSame = codes.isSame(kept[index]?.codeHash ?? NO_HASH, codeHash);
    found = isSame && found === undefined ? kept[index] : found;
  }
  return found;
}

function foundAs(match: KeptCode | undefined, atMs: number): FoundCode {
  if (!match) return 'none';
  return atMs < match.expiresAtMs ? 'live' : 'expired';
}

function tooOften(
  { addressSinceMs }: Pick<CodesAndCounts, 'addressSinceMs'>,
  { windowMs }: CodePolicy,
  atMs: number,
): { answer: 'too-often'; againAtMs: number } {
  return { answer: 'too-often', againAtMs: (addressSinceMs ?? atMs) + windowMs };
}
