/** Reason codes of automatic debits that were not made. */
import type { ReasonText } from './reasonText';

export const DEBIT_REASONS = {
  DEBIT_INSUFFICIENT_FUNDS: {
    en: 'The bank account did not hold the amount of the automatic debit.',
    zh: '银行账户余额不足，自动扣款未成功。',
  },
  DEBIT_MANDATE_INVALID: {
    en: 'The bank does not know the mandate for the automatic debit, or it has ended; another one is needed.',
    zh: '自动扣款授权无效或已终止，需重新授权。',
  },
  DEBIT_ACCOUNT_CLOSED: {
    en: 'The bank account of the automatic debit is closed or frozen; another one is needed.',
    zh: '自动扣款的银行账户已注销或被冻结，需更换账户。',
  },
  DEBIT_ABOVE_LIMIT: {
    en: 'The automatic debit was above what the bank or the mandate allows.',
    zh: '自动扣款金额超出银行或授权限额。',
  },
  DEBIT_REFUSED_BY_RAIL: {
    en: 'The bank did not make the automatic debit, for a reason of its own.',
    zh: '银行未受理本次自动扣款。',
  },
  DEBIT_NOT_OWED: {
    en: 'What the automatic debit was for is paid.',
    zh: '应还款项已还清，无需自动扣款。',
  },
  DEBIT_MANDATE_ENDED: {
    en: 'The mandate for the automatic debit has ended.',
    zh: '自动扣款授权已终止。',
  },
  DEBIT_TOO_LATE: {
    en: 'The time of the automatic debit had passed when it could be made.',
    zh: '已超过自动扣款时间，本次未扣款。',
  },
} as const satisfies Record<string, ReasonText>;
