/** Reason codes of an assessment: eligibility, what is missing, the score and the limit. */
import type { ReasonText } from './reasonText';

export const ASSESSMENT_REASONS = {
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
  IDENTITY_SOURCE_INCOMPLETE: {
    en: 'The source of the identity check has not shown all that is asked for.',
    zh: '身份核验数据来源尚未提供全部所需信息。',
  },
  FINANCIAL_SOURCE_INCOMPLETE: {
    en: 'The source of the financial record has not shown all that is asked for.',
    zh: '财务信息数据来源尚未提供全部所需信息。',
  },
  CONSUMPTION_SOURCE_INCOMPLETE: {
    en: 'The source of the consumption record has not shown all that is asked for.',
    zh: '消费信息数据来源尚未提供全部所需信息。',
  },
  NO_VALID_CONSENT: {
    en: 'There is data that was not used, because no consent for it is valid.',
    zh: '部分信息因缺少有效授权而未被使用。',
  },
  SOURCE_DEADLINE_PASSED: {
    en: 'A source could not be asked in the time for it, and is not asked again.',
    zh: '数据来源在规定时间内未能完成查询，不再重复查询。',
  },
  DEBT_SERVICE_TOO_HIGH: {
    en: 'Existing debts already take the share of income that debts may take.',
    zh: '现有债务月还款额占收入比例过高。',
  },
  RESIDUAL_INCOME_TOO_LOW: {
    en: 'After existing debts too little of the income is left for the costs of living.',
    zh: '偿还现有债务后，剩余收入不足以覆盖基本生活支出。',
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
  MODEL_NOT_ACTIVE: {
    en: 'The scorecard is not released for decisions; a person decides.',
    zh: '评分模型尚未启用或已停用，转人工审核。',
  },
  MODEL_VALIDATION_LAPSED: {
    en: 'The yearly validation of the scorecard has lapsed; a person decides.',
    zh: '评分模型年度验证已过期，转人工审核。',
  },
  MODEL_DRIFTED: {
    en: 'The scores of late differ from those that the scorecard was made for; a person decides.',
    zh: '评分模型近期评分分布发生明显偏移，转人工审核。',
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
  RATE_BEST_BAND: {
    en: 'The score gives the lowest rate there is.',
    zh: '综合评分对应最低利率档。',
  },
  RATE_BY_BAND: {
    en: 'The score gives this rate; a better score gives a lower one.',
    zh: '利率由综合评分所在档位确定，评分越高利率越低。',
  },
  RATE_BY_PRODUCT: {
    en: 'The rate is the same for everybody who has this product.',
    zh: '该产品对所有用户适用同一利率。',
  },
} as const satisfies Record<string, ReasonText>;
