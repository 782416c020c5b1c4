/**
 * Notice texts as reviewed data. Tone (facts 5.1): warm first, then the facts, never a threat; what the lender hopes
 * for moves more than what it could do. No link, no marketing, no opt-out line (facts 2.2, 3.1), and none of the words
 * that carriers refuse, except in the statutory warning, which must name what it warns of. A text that changes gets
 * the next version and a new approval.
 */
import { carriesCode } from '../messaging/codes/verificationCodes';
import { noticeKindOf, WORDING_NAMES, type WordingName } from '../messaging/outbox/wordings';

export interface NoticeTemplate {
  version: number;
  /** Without the signature, which is put before it. */
  body: string;
  /** Staff identifier of the author: another person than the reviewer. */
  submittedBy: string;
  /** Staff identifier of who reviewed the wording. */
  approvedBy: string;
}

/** Who writes to the borrower: put before every text in 【】. */
export const SIGNATURE = '示例消金';

const AUTHOR = 'staff-0388';
const REVIEWER = 'staff-0417';

/**
 * Bills and reminders carry a verification code (docs/verification-codes.md), all in this one sentence. Its words say what
 * it is for and nothing else: it must never be taken for a login code, nor teach anybody to read codes to a caller.
 */
export const CODE_SENTENCE = '真伪核验码{code}。';

/** Without the sentence of the code. One message with it, but for what is past due, which tells the way to help. */
const BODIES: Record<WordingName, string> = {
  'loan-disbursed': '您的{product}已到账{amount}，首个还款日{dueDate}，还款计划请在APP内查看。',
  'bill-issued': '您{month}月的{product}账单已出：应还{amount}，最低应还{minimum}，还款日{dueDate}。',
  'bill-issued.past-due':
    '您{month}月的{product}账单已出：连同此前未还共应还{amount}，最低应还{minimum}，本期还款日{dueDate}。' +
    '如有困难，可在APP申请协商还款。',
  'due-soon': '您的{product}应还{amount}，最低应还{minimum}，还款日{dueDate}，请提前安排。',
  'due-soon.loan': '您的{product}应还{amount}，还款日{dueDate}，请提前安排。',
  'due-soon.debit': '您的{product}应还{amount}，最低应还{minimum}，{dueDate}的{debitAt}全额扣款。',
  'due-soon.debit-minimum': '您的{product}应还{amount}，最低应还{minimum}将于{dueDate}的{debitAt}扣款。',
  'due-soon.loan-debit': '您的{product}应还{amount}，将于{dueDate}的{debitAt}自动扣款，请备足余额。',
  'due-today': '您的{product}今日应还{amount}，最低应还{minimum}，请于今日24点前还款。',
  'due-today.loan': '您的{product}今日应还{amount}，请于今日24点前还款。',
  'due-today.debit': '您的{product}今日应还{amount}，最低应还{minimum}，将于{debitAt}全额扣款。',
  'due-today.debit-minimum': '您的{product}今日应还{amount}，最低应还{minimum}将于{debitAt}自动扣款。',
  'due-today.loan-debit': '您的{product}今日应还{amount}，将于{debitAt}自动扣款，请备足余额。',
  'overdue-friendly': '您的{product}尚有{minimum}未还，还款日{dueDate}。如有困难，可在APP申请协商还款。',
  'overdue-factual':
    '您的{product}已过还款日{days}天，还{minimum}即可恢复正常，全部应还{amount}（含罚息{penalty}）。如有困难请在APP联系我们。',
  'overdue-formal':
    '您的{product}已过还款日{days}天，还{minimum}即可恢复正常，全部应还{amount}（含罚息{penalty}）。可在APP申请新的还款安排。',
  'overdue-final':
    '您的{product}已过还款日{days}天，还{minimum}即可恢复正常，全部应还{amount}（含罚息{penalty}）。' +
    '希望与您商定还款安排，请在APP联系我们。',
  'credit-report-warning':
    '依据《征信业管理条例》告知：您{dueDate}到期的{product}最低应还{minimum}仍未还；若仍未还，我们将依法如实报送征信系统。' +
    '如有异议或困难，请在APP提出。',
  'credit-report-warning.loan':
    '依据《征信业管理条例》告知：您{dueDate}到期的{product}应还{amount}仍未还；若仍未还，我们将依法如实报送征信系统。' +
    '如有异议或困难，请在APP提出。',
  'payment-received': '已收到您的{product}还款{amount}，谢谢。最新情况请在APP内查看。',
  'account-settled': '您的{product}已全部结清，感谢您的信任。结清证明可在APP内开具。',
  'phone-changed': '您预留的手机号已申请更换。近期与还款有关的通知仍发至本号码。如非本人操作，请尽快在APP内联系我们。',
};

/** Wordings that have changed since the first. */
const VERSIONS: Partial<Record<WordingName, number>> = {
  'loan-disbursed': 2,
  'bill-issued': 4,
  'due-soon': 3,
  'due-today': 3,
  'overdue-friendly': 3,
  'overdue-factual': 3,
  'credit-report-warning': 3,
  'overdue-formal': 3,
  'overdue-final': 3,
};

export const TEMPLATES = Object.fromEntries(
  WORDING_NAMES.map((name): [WordingName, NoticeTemplate] => {
    const body = carriesCode(noticeKindOf(name)) ? `${BODIES[name]}${CODE_SENTENCE}` : BODIES[name];
    return [name, { version: VERSIONS[name] ?? 1, body, submittedBy: AUTHOR, approvedBy: REVIEWER }];
  }),
) as Record<WordingName, NoticeTemplate>;
