/** Reason codes of early warnings, and of warnings about texts that are not ours. */
import type { ReasonText } from './reasonText';

export const WARNING_REASONS = {
  HIGH_UTILISATION: {
    en: 'Most of the credit limit is in use.',
    zh: '额度使用率较高。',
  },
  WORSE_BUCKET: {
    en: 'The account has rolled into a worse overdue bucket.',
    zh: '账户到期未还天数进入更高档位。',
  },
  MINIMUM_ONLY_STREAK: {
    en: 'Several bills in a row were paid by little more than the minimum.',
    zh: '连续多期仅按最低应还款额还款。',
  },
  REST_DAYS_UNKNOWN: {
    en: 'It is due in a year whose holidays are not announced or not installed yet.',
    zh: '还款日所在年份的法定节假日安排尚未公布或尚未更新。',
  },
  CODE_CHECKS_FAILED: {
    en: 'Texts that are not ours may have come to this phone: several checks of their codes failed.',
    zh: '该手机号多次核验失败，可能收到了冒充短信，请提高警惕。',
  },
  MESSAGE_REPORTED: {
    en: 'A message in our name that is not ours was reported for this phone.',
    zh: '该手机号被反映收到冒充短信，请提高警惕。',
  },
} as const satisfies Record<string, ReasonText>;
