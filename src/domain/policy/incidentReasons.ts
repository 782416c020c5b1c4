/** Reason codes of incidents: what rules found in the books. */
import type { ReasonText } from './reasonText';

export const INCIDENT_REASONS = {
  DEBIT_NOT_BOOKED: {
    en: 'Automatic debits are stopped while one that was made and is not booked is looked into.',
    zh: '因核查扣款入账情况，自动扣款暂停。',
  },
  REFUNDS_ABOVE_PURCHASES: {
    en: 'New purchases are stopped while refunds that are above what was bought are looked into.',
    zh: '因核查退款情况，暂停新的消费。',
  },
  DAILY_CLOSE_DIFFERS: {
    en: 'The daily close found differences in the books; they are being looked into.',
    zh: '日终核对发现账务差异，正在核查。',
  },
  DAILY_CLOSE_WAITS: {
    en: 'The daily close waits for accounts that do not go on; what stopped them is being looked into.',
    zh: '日终关账正在等待未完成处理的账户，原因正在核查。',
  },
} as const satisfies Record<string, ReasonText>;
