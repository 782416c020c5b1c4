/**
 * Reason codes: why something was declined, referred, reduced or stopped, in the words a borrower and an operator may
 * read. A refusal is explained in the open (PIPL art. 24; facts 2.3, 2.8). `docs/reason-codes.md` is the same table
 * for people; a test holds both together.
 */

export interface ReasonText {
  en: string;
  zh: string;
}

export const REASONS = {
  IDENTITY_MISMATCH: {
    en: 'The identity could not be confirmed by its authority.',
    zh: '身份信息未通过核验。',
  },
  NOT_ADULT: {
    en: 'Credit is given to adults only.',
    zh: '仅向成年人提供服务。',
  },
  OPEN_OVERDUE: {
    en: 'There is an overdue debt that is not paid yet.',
    zh: '当前有尚未结清的到期欠款。',
  },
  BUREAU_HISTORY: {
    en: 'The credit report shows a late payment of the last 24 months that is beyond what we accept.',
    zh: '近24个月信用报告的还款记录超出可接受范围。',
  },
  TOO_MANY_INQUIRIES: {
    en: 'Credit was applied for too often in the last three months.',
    zh: '近三个月信贷申请查询次数过多。',
  },
  MISSING_IDENTITY_CHECK: {
    en: 'The result of the identity check is missing.',
    zh: '缺少身份核验结果。',
  },
  MISSING_ADULT: {
    en: 'It is not known whether the applicant is an adult.',
    zh: '缺少是否成年的信息。',
  },
  MISSING_INCOME: {
    en: 'The monthly income is missing.',
    zh: '缺少月收入信息。',
  },
  MISSING_DEBT_SERVICE: {
    en: 'The monthly cost of existing debts is missing.',
    zh: '缺少现有债务月还款额信息。',
  },
  MISSING_UNSECURED_DEBT: {
    en: 'The unsecured consumer credit owed elsewhere is missing.',
    zh: '缺少其他信用类消费债务信息。',
  },
  MISSING_BUREAU_HISTORY: {
    en: 'The payment history of the credit report is missing.',
    zh: '缺少信用报告还款记录。',
  },
  MISSING_OPEN_OVERDUE: {
    en: 'It is not known whether a debt is overdue now.',
    zh: '缺少当前是否有到期欠款的信息。',
  },
  MISSING_BUREAU_INQUIRIES: {
    en: 'The number of recent credit report inquiries is missing.',
    zh: '缺少近期信用报告查询次数。',
  },
  MISSING_PLATFORM_MONTHS: {
    en: 'It is not known how long the applicant has used the platform.',
    zh: '缺少平台使用时长信息。',
  },
  MISSING_SPEND: {
    en: 'The monthly spend on the platform is missing.',
    zh: '缺少平台月消费信息。',
  },
  MISSING_ON_TIME_RATIO: {
    en: 'The record of payments made on time is missing.',
    zh: '缺少按时付款记录。',
  },
  MISSING_REFUND_RATIO: {
    en: 'The record of refunds is missing.',
    zh: '缺少退款记录。',
  },
  DEBT_SERVICE_TOO_HIGH: {
    en: 'Existing debts already take the share of income that debts may take.',
    zh: '现有债务月还款额占收入比例过高。',
  },
  UNSECURED_DEBT_CAP: {
    en: 'Unsecured consumer credit with all lenders has reached the most that one person may owe, or nearly.',
    zh: '信用类消费债务合计已达到或接近个人上限。',
  },
  SCORE_BELOW_MINIMUM: {
    en: 'The score is below the minimum.',
    zh: '综合评分低于最低要求。',
  },
  SCORE_NEEDS_PERSON: {
    en: 'The score lies where a person decides.',
    zh: '综合评分处于人工审核区间。',
  },
  WEAK_INCOME: {
    en: 'The income weighed on the score.',
    zh: '收入水平影响了评分。',
  },
  WEAK_DEBT_SERVICE: {
    en: 'The monthly cost of existing debts weighed on the score.',
    zh: '现有月还款负担影响了评分。',
  },
  WEAK_UNSECURED_DEBT: {
    en: 'The unsecured credit owed elsewhere weighed on the score.',
    zh: '其他信用类债务影响了评分。',
  },
  WEAK_BUREAU_HISTORY: {
    en: 'Late payments in the credit report weighed on the score.',
    zh: '信用报告还款记录影响了评分。',
  },
  WEAK_INQUIRIES: {
    en: 'Recent applications for credit weighed on the score.',
    zh: '近期信贷申请次数影响了评分。',
  },
  WEAK_PLATFORM_MONTHS: {
    en: 'The short time on the platform weighed on the score.',
    zh: '平台使用时间较短影响了评分。',
  },
  WEAK_SPEND: {
    en: 'The low spend on the platform weighed on the score.',
    zh: '平台消费较少影响了评分。',
  },
  WEAK_SPEND_TO_INCOME: {
    en: 'The spend in relation to the income weighed on the score.',
    zh: '消费占收入的比例影响了评分。',
  },
  WEAK_ON_TIME_RATIO: {
    en: 'Payments that were not made on time weighed on the score.',
    zh: '未按时付款的记录影响了评分。',
  },
  WEAK_REFUND_RATIO: {
    en: 'The share of refunds weighed on the score.',
    zh: '退款比例影响了评分。',
  },
  REQUEST_BELOW_MINIMUM: {
    en: 'The amount asked for is below the smallest amount of the product.',
    zh: '申请金额低于产品最低金额。',
  },
  LIMIT_BELOW_MINIMUM: {
    en: 'What could be lent is below the smallest amount of the product.',
    zh: '可提供的额度低于产品最低金额。',
  },
  LIMIT_AS_REQUESTED: {
    en: 'The limit is the amount asked for.',
    zh: '额度与申请金额一致。',
  },
  LIMIT_WITHOUT_FIGURES: {
    en: 'Income or debts are not proved, so no more than the smallest amount is given; more may be asked for with proof.',
    zh: '收入或债务尚未核实，因此仅提供最低额度，补充证明后可重新申请。',
  },
  LIMIT_BY_BAND: {
    en: 'The limit follows from the score and from what the income leaves for debts.',
    zh: '额度由综合评分和可用还款能力决定。',
  },
  LIMIT_BY_CAPACITY: {
    en: 'The limit is what the income can repay month by month.',
    zh: '额度由每月还款能力决定。',
  },
  LIMIT_BY_PRODUCT: {
    en: 'The limit is the largest amount of the product.',
    zh: '额度为产品最高额度。',
  },
  LIMIT_BY_UNSECURED_DEBT: {
    en: 'The limit is what remains of the unsecured consumer credit that one person may owe.',
    zh: '额度受个人信用类消费债务上限限制。',
  },
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

export type ReasonCode = keyof typeof REASONS;
