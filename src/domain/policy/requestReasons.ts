/** Reason codes of what is asked of an account or told to it: instalments, purchases, payments, changes. */
import type { ReasonText } from './reasonText';

export const REQUEST_REASONS = {
  UNKNOWN_BILL: {
    en: 'There is no bill of that number.',
    zh: '没有该期账单。',
  },
  BILL_DUE_DATE_PASSED: {
    en: 'The bill can be split until its due date, and that has passed.',
    zh: '账单已过还款日，无法分期。',
  },
  ABOVE_SPLITTABLE_AMOUNT: {
    en: 'The amount is above what there is to split.',
    zh: '金额超出可分期金额。',
  },
  BELOW_INSTALMENT_MINIMUM: {
    en: 'The amount is below the smallest amount that is split.',
    zh: '金额低于最低分期金额。',
  },
  UNKNOWN_PLAN: {
    en: 'There is no instalment plan of that number.',
    zh: '没有该笔分期。',
  },
  PLAN_STARTED_TODAY: {
    en: 'A plan can be settled from the day after its start.',
    zh: '分期次日起方可提前结清。',
  },
  PLAN_ENDED: {
    en: 'The plan has ended, or its rest comes with the next bill already.',
    zh: '该笔分期已结束或已提前结清。',
  },
  ARRIVAL_SET_ASIDE: {
    en: 'It could not be taken for a cause that is not yours; two people of ours settle it. Nothing is lost.',
    zh: '因系统原因暂未处理，已转由两名工作人员核实，信息不会丢失。',
  },
  INVALID_INPUT: {
    en: 'The data does not have the agreed form; the fault is kept with the refusal.',
    zh: '提交的信息格式有误，已记录具体原因。',
  },
  SAME_KEY_OTHER_CONTENT: {
    en: 'The same number was used before with other content.',
    zh: '相同编号此前已用于不同内容。',
  },
  ACCOUNT_CLOSED: {
    en: 'The account is closed.',
    zh: '账户已关闭。',
  },
  ACCOUNT_OVERDUE: {
    en: 'Something is overdue; new credit is possible once it is paid.',
    zh: '有到期未还款项，还清后可继续使用。',
  },
  NEW_CREDIT_FROZEN: {
    en: 'New credit is stopped for now; the reason can be asked for and contested.',
    zh: '暂停使用新额度，可查询原因并提出异议。',
  },
  INCIDENT_MEASURE: {
    en: 'Stopped for now while a fault is looked into; where to turn to comes with this answer, and it can be contested.',
    zh: '因故障排查暂停办理，可通过所示渠道咨询并提出异议。',
  },
  ABOVE_AVAILABLE_LIMIT: {
    en: 'The amount is above the available limit.',
    zh: '金额超出可用额度。',
  },
  UNKNOWN_PAYMENT: {
    en: 'The payment that is said to have bounced is not known.',
    zh: '未找到被退回的还款记录。',
  },
  PAYMENT_ALREADY_REVERSED: {
    en: 'The payment was taken back before.',
    zh: '该笔还款此前已被冲回。',
  },
  UNKNOWN_PURCHASE: {
    en: 'The purchase that is named is not known.',
    zh: '未找到所指的消费记录。',
  },
  REFUND_ABOVE_PURCHASE: {
    en: 'What was refunded of the purchase would be more than the purchase was.',
    zh: '退款合计将超出所指消费金额。',
  },
  UNKNOWN_INSTALMENT: {
    en: 'The payment names an instalment that is not there; it is booked as one that names none.',
    zh: '未找到还款所指定的期次，该笔还款已按未指定期次入账。',
  },
  INSTALMENT_NOT_DUE: {
    en: 'Of the instalment that the payment names nothing is due; it is booked as one that names none.',
    zh: '还款所指定的期次当前无应还款项，该笔还款已按未指定期次入账。',
  },
  PURCHASE_NOT_HELD: {
    en: 'The purchase waits for no confirmation: it was posted or given back already.',
    zh: '该笔消费已入账或已退款，无需确认收货。',
  },
  ABOVE_CREDIT: {
    en: 'The amount is above the credit that can be paid back.',
    zh: '金额超出可退还的溢缴款余额。',
  },
  RATE_OUT_OF_RANGE: {
    en: 'The rate is above what the product allows.',
    zh: '利率超出产品允许的上限。',
  },
  REFUND_ABOVE_PURCHASES: {
    en: 'What was refunded on the account would be more than was bought on it.',
    zh: '账户退款合计将超出消费合计。',
  },
  PURCHASE_NEEDS_PERSON: {
    en: 'What is bought on one day is far above the limit; a person has to approve the purchase first.',
    zh: '当日消费合计远超信用额度，需人工核准后方可交易。',
  },
  RESERVED_ID: {
    en: 'The id has a form that is reserved for automatic debits; the payment has to be told under another id.',
    zh: '编号采用了自动扣款的保留格式，请更换编号后重新提交。',
  },
  WRONG_WORKFLOW: {
    en: 'It was told to a workflow that is not the one of the account; it has to be told there.',
    zh: '信息发送至非本账户的流程，请重新提交至正确流程。',
  },
  UNKNOWN_DEBIT: {
    en: 'There is no automatic debit of that number that has settled on this account.',
    zh: '该账户没有该编号的已成功扣款。',
  },
} as const satisfies Record<string, ReasonText>;
