/** Reason codes of what two people decide. */
import type { ReasonText } from './reasonText';

export const APPROVAL_REASONS = {
  UNVERIFIED_PRINCIPAL: {
    en: 'Two people must decide this, and nobody knows who said it: it was not sent with a key.',
    zh: '此事项须经两人决定，而该意见来源无法核实。',
  },
  SAME_PRINCIPAL: {
    en: 'A second, different person must approve what one has proposed.',
    zh: '提出与批准须为不同人员。',
  },
  UNKNOWN_PROPOSAL: {
    en: 'There is no proposal of that number.',
    zh: '没有该编号的提议。',
  },
  PROPOSAL_EXPIRED: {
    en: 'Nobody approved the proposal in time; it can be made anew under another number.',
    zh: '提议未在期限内获得批准，可使用新编号重新提出。',
  },
  NOTHING_TO_RESTRUCTURE: {
    en: 'There is no principal left that could be repaid by another schedule.',
    zh: '没有可重新安排还款的剩余本金。',
  },
} as const satisfies Record<string, ReasonText>;
