/**
 * Verification codes of notices (docs/verification-codes.md): who may check how often, what an answer tells, and how
 * what people type is read. Source: facts 2.8 (warn users, art. 30), 2.3 (minimal disclosure, PIPL art. 6).
 */

import type { FraudWarningRule } from '../../risk/earlyWarning';
import { type Fen, formatYuan } from '../../values/money';
import { type NameOf, namesWith } from '../../values/tables';
import { DAY_MS, HOUR_MS } from '../../values/timeUnits';
import { type NoticeKind, noticeKind } from '../outbox/noticeKinds';

export interface CodePolicy {
  /** How long a code answers after it was sent. */
  validForMs: number;
  /** The span in which checks, and reports, are counted. */
  windowMs: number;
  perPhone: number;
  perAddress: number;
  /** Of the whole tenant. */
  total: number;
  /** Failed checks of one borrower's phone within {@link CodePolicy.warnWithinMs} that make a warning. */
  warnAfterFailed: number;
  warnWithinMs: number;
}

export const CODE_POLICY: CodePolicy = {
  // As long as the month that the notice is about.
  validForMs: 30 * DAY_MS,
  windowMs: HOUR_MS,
  perPhone: 5,
  perAddress: 20,
  total: 2000,
  warnAfterFailed: 3,
  warnWithinMs: DAY_MS,
};

/** Stands for the code in every copy of a text that is kept: as long as a code, so that the parts are the same. */
export const HIDDEN_CODE = '*'.repeat(8);

/** What became of a check; only the first is told apart to the caller. */
export const CHECK_OUTCOMES = {
  match: { isFailed: false },
  'no-match': { isFailed: true },
  expired: { isFailed: true },
  /** Over a limit: whatever the code is. */
  limited: { isFailed: false },
} as const satisfies Record<string, { isFailed: boolean }>;
export type CheckOutcome = NameOf<typeof CHECK_OUTCOMES>;
/** Guesses beyond the limit say no more. */
export const FAILED_CHECKS = namesWith(CHECK_OUTCOMES, { isFailed: true });

/** Who a suspicious message or call claimed to come from, as its receiver names it. */
export const CLAIMED_SENDERS = ['our-signature', 'short-number', 'mobile-number', 'overseas-number', 'other'] as const;
export type ClaimedSender = (typeof CLAIMED_SENDERS)[number];

/** What it wanted. Classified by the caller: free text would bring in names and numbers. */
export const REPORT_REASONS = [
  'not-my-credit',
  'asked-for-payment',
  'asked-for-code',
  'asked-for-personal-data',
  'had-a-link',
  'other',
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** Bills and reminders carry a code; what only confirms what the borrower just did does not. */
export function carriesCode(kind: NoticeKind): boolean {
  return noticeKind(kind).variables.includes('code');
}

/**
 * The first digit and the magnitude of an amount, and nothing else: 1,234.56 is `1,***.**元`. Enough to compare with the
 * text in one's hand, too little to tell a stranger what is owed.
 */
export function maskAmount(amountFen: Fen): string {
  if (amountFen < 0) throw new RangeError('a notice asks for no negative amount');
  const [first = '', ...rest] = formatYuan(amountFen);
  return `${first}${rest.join('').replace(/\d/g, '*')}元`;
}

/** What separates the signs of a code when people type or paste: as with phone numbers. */
const SEPARATORS = /[\s\p{Dash_Punctuation}().·]/gu;

/** A code in its one form. What cannot be a code comes back all the same: it is checked, and fails, as any other. */
export function readCode(typed: string): string {
  return typed.normalize('NFKC').replace(SEPARATORS, '').toUpperCase();
}

/** How many were counted in the window; those that were over a limit are not among them. */
export interface AskedBefore {
  byPhone: number;
  byAddress: number;
  inTotal: number;
}

/** Of what phone and code belong to: a code that still answers, one that does no more, or none. */
export type FoundCode = 'live' | 'expired' | 'none';

/** A check that is over a limit fails whatever its code is: otherwise the limit would not hold who guesses. */
export function judgeCheck(asked: AskedBefore, found: FoundCode, policy: CodePolicy): CheckOutcome {
  if (isOverLimit(asked, policy)) return 'limited';
  return found === 'live' ? 'match' : found === 'expired' ? 'expired' : 'no-match';
}

export function isOverLimit({ byPhone, byAddress, inTotal }: AskedBefore, policy: CodePolicy): boolean {
  return byPhone >= policy.perPhone || byAddress >= policy.perAddress || inTotal >= policy.total;
}

/** Whether this check makes enough failed ones of a phone to warn its borrower. Guesses beyond the limit say no more. */
export function callsForWarning(outcome: CheckOutcome, failedBefore: number, policy: CodePolicy): boolean {
  return CHECK_OUTCOMES[outcome].isFailed && failedBefore + 1 >= policy.warnAfterFailed;
}

/**
 * The address that is counted: of IPv6 the network of 64 bits, because one connection has all addresses of it; an IPv4
 * address as such, also where it is written within IPv6.
 */
export function countedAddress(address: string): string {
  const groups = ipv6Groups(address);
  return groups === undefined ? plainAddress(address) : `${groups.slice(0, 4).join(':')}::/64`;
}

/**
 * The network that an address belongs to, also one that is counted as a network of 64 bits; wide enough that who has one connection has hardly two: of IPv4 24 bits, of
 * IPv6 48, which is what one site is given.
 */
export function countedNetwork(address: string): string {
  const groups = ipv6Groups(address);
  if (groups !== undefined) return `${groups.slice(0, 3).join(':')}::/48`;
  return plainAddress(address).replace(/\.\d+$/, '.0/24');
}

/** An IPv4 address as such, also where it is written within IPv6. */
function plainAddress(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Undefined for what is no address of IPv6, and for one of IPv4 that is written as one. */
function ipv6Groups(address: string): string[] | undefined {
  if (MAPPED.test(address) || !address.includes(':')) return undefined;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const known = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - known.length - last.length)).fill('0');
  return [...known, ...zeros, ...last].map((group) => group.replace(/^0+(?=.)/, ''));
}

const STAY_SAFE = '请勿付款、勿点链接、勿向任何人提供验证码；账单以APP内为准。';

/** What the borrower reads in the app when somebody may be writing in our name. */
export const FRAUD_ALERTS: Readonly<Record<FraudWarningRule, string>> = {
  CODE_CHECKS_FAILED: `今天有人用您的手机号多次核验短信，均未通过，您可能收到了冒充我们的短信。${STAY_SAFE}`,
  MESSAGE_REPORTED: `有人反映您的手机号收到了冒充我们的短信。${STAY_SAFE}`,
};
