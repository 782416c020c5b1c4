/** Reason codes of what counts from another date than it was dated. */
import type { ReasonText } from './reasonText';

export const DATE_REASONS = {
  DATED_BEFORE_OPENING: {
    en: 'It is dated before the account was opened, and counts from its opening.',
    zh: '日期早于账户开立日，按开立日记账。',
  },
  DATED_BEFORE_RELATED: {
    en: 'It is dated before what it is about, and counts from the date of that.',
    zh: '日期早于所关联的交易，按该交易日期记账。',
  },
  DATED_IN_FUTURE: {
    en: 'It was dated after the day of its arrival, and counts from that day.',
    zh: '日期晚于收到之日，按收到之日记账。',
  },
} as const satisfies Record<string, ReasonText>;
