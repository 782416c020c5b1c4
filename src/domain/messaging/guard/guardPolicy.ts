/** Thresholds of the anomaly guard, each with its reason. What they come to is simulated: docs/anomaly-guard.md. */

import { SHANGHAI, type Zone } from '../../values/clock';
import { MINUTE_MS } from '../../values/timeUnits';
import { TEMPLATE_POLICY } from '../templates/templatePolicy';
import type { GuardRule } from './guardEvidence';

export interface GuardPolicy {
  quietFrom: string;
  quietUntil: string;
  zone: Zone;
  /** Words in Latin letters that a wording may hold; any other letter outside Chinese is foreign. */
  latinWords: readonly string[];
  /** Numbers that a wording may name, as digits. */
  officialNumbers: readonly string[];
  /** Words that ask to go elsewhere or to pay elsewhere. */
  foreignWords: readonly string[];
  /** Digits in a row, however separated, from which on it is a number to call or to pay to. */
  numberDigits: number;
  /** Digits in all of a wording's fixed text, for those that are spread between other characters. */
  fixedDigits: number;
  /** Messages to one phone in 24 hours. */
  perRecipient: number;
  /** Held messages of a kind in one group from which the whole kind is stopped. */
  heldStopsKind: number;
  /** How many messages a day may go out that neither plan nor books know of, over all kinds. */
  volumeSlack: number;
  /** Messages that a provider may take beyond the newest one that it has confirmed. */
  receiptWindow: number;
  /** With a full window one message is tried so often. */
  probeEveryMs: number;
  /** A message that waits for receipts is judged again after so long. */
  recheckMs: number;
  /** So long without any receipt is not slow any more. */
  silenceMs: number;
  /** Messages that must be outstanding for silence to mean something. */
  silenceAtLeast: number;
  failures: {
    /** Share of undelivered messages that is normal, and one that is not. */
    usual: string;
    alarming: string;
    /** Of the sum of log likelihood ratios (CUSUM); its exponential is about how many receipts make a false alarm. */
    threshold: number;
  };
  foreignReceipts: number;
  checks: {
    /** Fewer a hour than this are never a surge. */
    leastUsual: number;
    /** Checks come in clusters, one person tries twice: the mean is taken so many times. */
    spread: number;
    /** Chance of a false alarm in one look. */
    chance: number;
  };
  /** Where a borrower turns to whom an incident of the guard stops; setting REMEDY_CHANNEL. */
  remedyChannel: string;
  /** Only for simulation: what the others catch alone. */
  switchedOff: readonly GuardRule[];
}

export const GUARD_POLICY: GuardPolicy = {
  // Facts 2.1. Statutory notices are bound by them too: none is so urgent that it may wake somebody.
  quietFrom: '22:00',
  quietUntil: '08:00',
  zone: SHANGHAI,
  // What the reviewed texts hold today. A link, an account name and a web address all need others.
  latinWords: TEMPLATE_POLICY.latinWords,
  officialNumbers: TEMPLATE_POLICY.officialNumbers,
  // Never in a notice of ours; always in the texts that imitate them.
  foreignWords: ['微信', '支付宝', '点击', '链接', '网址', '扫码', '二维码', '转账', '汇款', '加群', '私信', '公众号'],
  // The shortest numbers that take calls have five digits (95xxx).
  numberDigits: 5,
  fixedDigits: 8,
  // One a day and a statutory one; a couple may share a phone.
  perRecipient: 3,
  // A few are data, more are an act.
  heldStopsKind: 5,
  // Each message is matched with what was planned, so that what is not sent makes no room for others. The slack is for
  // what a step of today plans in a way that the books do not show.
  volumeSlack: 10,
  // With probes until the silence is told: 36 + 8 is under 50. At a minute per receipt 36 allow 2,160 an hour.
  receiptWindow: 36,
  probeEveryMs: 15 * MINUTE_MS,
  recheckMs: MINUTE_MS,
  // A carrier's bad hour is a normal day.
  silenceMs: 120 * MINUTE_MS,
  // Of 100 messages 11 have no receipt within a day: 8 in a row by chance are one in 40 million.
  silenceAtLeast: 8,
  // Carriers tell 2 to 5 % as undelivered. e^14 is a false alarm in a million receipts.
  failures: { usual: '0.06', alarming: '0.5', threshold: 14 },
  // A receipt may overtake its answer by seconds; ten strangers a day have no such reason.
  foreignReceipts: 10,
  checks: { leastUsual: 3, spread: 2, chance: 1e-7 },
  remedyChannel: 'hotline',
  switchedOff: [],
};
