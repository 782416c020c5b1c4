/** Notices of invented accounts, as the ladder plans them for a business day. */

import { defaultPolicy } from '../../../policy/defaultPolicy';
import type { NoticeKind } from '../../../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../../policy/products';
import { addDays, type IsoDate } from '../../../values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../../values/clock';
import type { Random } from '../../../values/random';
import { HOUR_MS } from '../../../values/timeUnits';
import type { GuardMessage } from '../anomalyGuard';

/** What is planned; the text is rendered when it is due. */
export type SimulatedNotice = Omit<GuardMessage, 'text' | 'provider' | 'templateVersion' | 'released'> & {
  sendAtMs: number;
  /** Not planned by an account, or spoiled on its way. */
  isAttack: boolean;
  /** What an attacker makes of the text after it was rendered. */
  tamper?: ((text: string) => string) | undefined;
};

const LADDER = defaultPolicy.notices;
const LANES = 8;

interface Shape {
  kind: NoticeKind;
  /** Days from its due date to the day it is sent on; undefined for one about the account as a whole. */
  daysPastDue: number | undefined;
  at: string;
  /** Usual number on a day. */
  usual: number;
}

/** Volumes of a small lender: what one lender has more of, it has more of in every kind. */
export const SHAPES: readonly Shape[] = [
  { kind: 'bill-issued', daysPastDue: -20, at: '10:00', usual: 90 },
  { kind: 'due-soon', daysPastDue: -3, at: '10:00', usual: 110 },
  { kind: 'due-soon', daysPastDue: -1, at: '10:00', usual: 90 },
  { kind: 'due-today', daysPastDue: 0, at: '16:00', usual: 60 },
  { kind: 'overdue-friendly', daysPastDue: 1, at: '10:00', usual: 25 },
  { kind: 'overdue-factual', daysPastDue: 3, at: '10:00', usual: 15 },
  { kind: 'overdue-factual', daysPastDue: 7, at: '10:00', usual: 8 },
  { kind: 'credit-report-warning', daysPastDue: 15, at: '10:00', usual: 5 },
  { kind: 'overdue-formal', daysPastDue: 30, at: '10:00', usual: 3 },
  { kind: 'overdue-final', daysPastDue: 90, at: '10:00', usual: 2 },
  { kind: 'loan-disbursed', daysPastDue: undefined, at: '08:00', usual: 30 },
  { kind: 'account-settled', daysPastDue: undefined, at: '08:00', usual: 10 },
];

/** One true notice of an account that has none yet. */
export function drawNotice(random: Random, shape: Shape, today: IsoDate, number: number): SimulatedNotice {
  const { kind, daysPastDue, at } = shape;
  const isBill = kind === 'bill-issued';
  const product = isBill || (kind !== 'loan-disbursed' && random.chance(0.4)) ? 'revolving' : 'cash-loan';
  const dueDate = addDays(today, -(daysPastDue ?? -30));
  const obligationKey = `${PRODUCT_TABLE[product].isBilled ? 'statement' : 'instalment'}-${random.between(1, 24)}`;
  const amountFen = random.between(5_000, 900_000);
  const spreadMs = daysPastDue === undefined ? random.between(0, 12 * HOUR_MS) : 0;
  return {
    noticeId: `notice-${number}`,
    kind,
    lane: number % LANES,
    accountId: `account-${number}`,
    recipient: `phone-of-${number}`,
    dedupeKey: keyOf(shape, obligationKey, today),
    figures: {
      productName: PRODUCT_TABLE[product].chineseName,
      amountFen,
      minimumFen: Math.ceil(amountFen / 10),
      penaltyFen: (daysPastDue ?? 0) > 0 ? random.between(0, 5_000) : 0,
      dueDate,
      daysPastDue: Math.max(0, daysPastDue ?? 0),
      month: Number(dueDate.slice(5, 7)),
    },
    ladder: LADDER,
    code: codeFrom(random),
    sendAtMs: atWallTimeMs(today, at, SHANGHAI) + spreadMs,
    isAttack: false,
  };
}

function keyOf({ kind, daysPastDue }: Shape, obligationKey: string, today: IsoDate): string {
  if (kind === 'loan-disbursed') return kind;
  if (kind === 'account-settled') return `${kind}/${today}`;
  if (kind === 'bill-issued') return `${kind}/${obligationKey}`;
  const days = daysPastDue ?? 0;
  return days > 0 ? `overdue/${obligationKey}/${days}` : `${kind}/${obligationKey}/${-days}`;
}

function codeFrom(random: Random): string {
  return Array.from({ length: 8 }, () => random.pick([...'23456789CDFHJKMNPQRTVWXY'])).join('');
}
