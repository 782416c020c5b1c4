/** Reason codes of an application, and of the acceptance of its offer. */
import type { ReasonText } from './reasonText';

export const APPLICATION_REASONS = {
  APPROVED_BY_PERSON: {
    en: 'A person reviewed and approved the application.',
    zh: '申请经人工审核通过。',
  },
  DECLINED_BY_PERSON: {
    en: 'A person reviewed and declined the application.',
    zh: '申请经人工审核未通过。',
  },
  REFERRAL_DEADLINE_PASSED: {
    en: 'No decision was made within the time for review.',
    zh: '审核期限内未作出决定。',
  },
  OBJECTION: {
    en: 'The applicant objected to the automatic decision; a person reviews it.',
    zh: '申请人对自动化决策提出异议，正由人工复核。',
  },
  OBJECTION_OVERDUE: {
    en: 'The review of the objection is late; a person still decides.',
    zh: '异议复核已超过期限，仍由人工作出决定。',
  },
  OBJECTION_NOT_OPEN: {
    en: 'No objection can be made: it was made before, its time is over, or a person decided.',
    zh: '当前不能提出异议，因为已提出过异议，或已超过期限，或该决定由人工作出。',
  },
  NO_OPEN_OFFER: {
    en: 'There is no offer that could be accepted.',
    zh: '当前没有可接受的授信方案。',
  },
  OFFER_CLOSED: {
    en: 'The offer has run out or is used up.',
    zh: '授信方案已失效或已用完。',
  },
  OFFER_EXPIRED: {
    en: 'The offer has passed its last day.',
    zh: '授信方案已过有效期。',
  },
  PRODUCT_NOT_OFFERED: {
    en: 'The offer is for another product.',
    zh: '授信方案不包含该产品。',
  },
  ABOVE_OFFERED_LIMIT: {
    en: 'The amount is above what remains of the offer.',
    zh: '金额超出授信方案的剩余额度。',
  },
  AMOUNT_OUT_OF_RANGE: {
    en: 'The amount is outside the range of the product.',
    zh: '金额不在产品允许范围内。',
  },
  TERM_NOT_OFFERED: {
    en: 'The number of months is not offered.',
    zh: '暂不支持所选期数。',
  },
  TERM_TOO_LONG_FOR_AMOUNT: {
    en: 'Over so many months some instalments would be nothing; fewer months are possible.',
    zh: '期数过多，部分期次应还金额将为零，请减少期数。',
  },
  METHOD_NOT_OFFERED: {
    en: 'The way of repayment is not offered.',
    zh: '暂不支持所选还款方式。',
  },
  INTEREST_FIRST_TERM_TOO_LONG: {
    en: 'With interest first and the principal at the end, the loan may not run for so many months.',
    zh: '先息后本方式不支持该期数。',
  },
  DUE_DAY_NOT_OFFERED: {
    en: 'The day of the month to pay on is not offered.',
    zh: '暂不支持所选还款日。',
  },
  UNSECURED_CAP: {
    en: 'Unsecured consumer credit of one borrower, this one included, would be above what the law allows.',
    zh: '个人信用类消费债务合计将超过规定上限。',
  },
  COST_ABOVE_CAP: {
    en: 'The annualised cost would be above the cap.',
    zh: '年化综合融资成本将超过上限。',
  },
  COST_SHEET_NOT_CONFIRMED: {
    en: 'The cost sheet was not confirmed before.',
    zh: '尚未确认综合融资成本明示表。',
  },
  COST_SHEET_DIFFERS: {
    en: 'The cost sheet that was confirmed is not the one of these terms today; read it again and confirm it.',
    zh: '已确认的综合融资成本明示表与当前条款不一致，请重新阅读并确认。',
  },
} as const satisfies Record<string, ReasonText>;
