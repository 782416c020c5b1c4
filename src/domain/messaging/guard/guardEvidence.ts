/** What the anomaly guard is told: the messages that are about to leave, and what the database knows around them. */

import type { NoticeKind, NoticePolicy } from '../../policy/lendingPolicy';
import type { NoticeFigures } from '../outbox/noticeText';
import type { WordingName } from '../outbox/wordings';

/** One notice as it would be given to its provider. Holds no phone number and no name. */
export interface GuardMessage {
  noticeId: string;
  kind: NoticeKind;
  /** The wording that its text is made of; absent: that of its kind. */
  wording?: WordingName | undefined;
  lane: number;
  provider: string;
  accountId: string;
  /** A keyed hash of the phone: the same for the same phone. */
  recipient: string;
  dedupeKey: string;
  /** The whole text, signature first, with its verification code in clear. */
  text: string;
  /** The verification code that was drawn for it; absent where the text has none. */
  code?: string | undefined;
  templateVersion: number;
  /** Read from the books for this notice, now. */
  figures: NoticeFigures;
  /** Rungs of the account's own policy version. */
  ladder: Pick<NoticePolicy, 'beforeDue' | 'afterDue' | 'onBill' | 'onDisbursement' | 'onSettlement' | 'onPayment'>;
  /** Rules that held it before, and that a person has released it from. */
  released: readonly GuardRule[];
}

export interface TemplateEvidence {
  /** The wording that it is a version of. */
  kind: WordingName;
  version: number;
  status: string;
  body: string;
  signature: string;
  /** Hash of body and signature as they stand now. */
  wordingHash: string;
  /** Hash of what was reviewed; null without a review on record. */
  approvedHash: string | null;
  submittedBy: string | null;
  approvedBy: string | null;
}

export interface ProviderEvidence {
  provider: string;
  /**
   * When it took what it took after the newest message that it has confirmed, oldest first; the first 100. At an honest
   * provider these are on their way.
   */
  unconfirmedAtMs: readonly number[];
  lastAttemptAtMs: number | undefined;
  /** Ends told by its newest receipts, oldest first; true is undelivered. */
  recentFailures: readonly boolean[];
  /** Receipts of the last day for messages that are not ours; those that came just now are left out. */
  foreignReceipts: number;
}

/** Of the whole tenant: phones of borrowers, each once a day, and no more than networks, each once a day. */
export interface CheckEvidence {
  failedLastHour: number;
  reportsLastHour: number;
  /** Mean per hour of the week before. */
  usualFailedPerHour: number;
  usualReportsPerHour: number;
}

export interface GuardEvidence {
  asOfMs: number;
  /** The active one of each wording. */
  templates: readonly TemplateEvidence[];
  /** Of the messages in question, by notice id, those that neither the day's plan nor the books know of. */
  unplanned: ReadonlySet<string>;
  /** How many such messages have left on the business day, of any kind. */
  unplannedToday: number;
  providers: readonly ProviderEvidence[];
  /** Messages of the last day by recipient, for the recipients in question. */
  sentToRecipient: ReadonlyMap<string, number>;
  /** Of the promises in question (see `promiseKey`) those that may have reached somebody before. */
  sentPromises: ReadonlySet<string>;
  checks: CheckEvidence;
}

export const GUARD_RULES = [
  'text',
  'figures',
  'foreign',
  'template',
  'hours',
  'schedule',
  'promise',
  'recipient',
  'volume',
  'receipt-window',
  'receipt-silence',
  'receipt-failures',
  'foreign-receipts',
  'code-checks',
] as const;
export type GuardRule = (typeof GUARD_RULES)[number];

export interface GuardFinding {
  rule: GuardRule;
  /** What is wrong, in figures; no text of the message and no personal data. */
  detail: string;
}

/** `hold`: until a person's word. `wait`: by itself, until the instant. */
type GuardVerdict = { verdict: 'pass' } | { verdict: 'hold' } | { verdict: 'wait'; untilMs: number };

export type GuardJudgement = GuardVerdict & { noticeId: string; findings: readonly GuardFinding[] };

export interface GuardAlarm {
  rule: GuardRule;
  /** What is stopped: a kind, a provider, or with neither the whole tenant. */
  scope: { templateKind?: NoticeKind | undefined; provider?: string | undefined };
  /** `scope`: everything in it is stopped. `held`: only what was held. `nothing`: a person is called, and decides. */
  stops: 'scope' | 'held' | 'nothing';
  detail: string;
  held: number;
  /** A few of what was held; none when the evidence alone raised it. */
  sampleNoticeIds: readonly string[];
}
