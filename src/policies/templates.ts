/**
 * Notice texts as reviewed data. Tone (facts 5.1): warm first, then the facts, never a threat; what the lender hopes
 * for moves more than what it could do. No link, no marketing, no opt-out line (facts 2.2, 3.1), and none of the words
 * that carriers refuse, except in the statutory warning, which must name what it warns of. A text that changes gets
 * the next version and a new approval.
 */
import type { NoticeKind } from '../domain/products';

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
 * Bills and reminders carry a verification code (docs/verification-codes.md). Its words say what it is for and nothing
 * else: it must never be taken for a login code, nor teach anybody to read codes to a caller.
 */
const BODIES: Record<NoticeKind, string> = {
  'loan-disbursed': '您的{product}已到账{amount}，首个还款日{dueDate}，还款计划请在APP内查看。',
  'bill-issued': '{month}月{product}账单：应还{amount}，最低{minimum}，{dueDate}到期。核验码{code}仅供核验短信真伪。',
  'due-soon': '您的{product}本期应还{amount}，{dueDate}到期，请提前安排，已还请忽略。核验码{code}仅供核验本短信真伪。',
  'due-today': '您的{product}本期应还{amount}，今天内还上都算按时，已还请忽略。核验码{code}仅供在APP核验本短信真伪。',
  'overdue-friendly':
    '您的{product}待还{amount}，{dueDate}已到期，相信您会尽快补上，有难处可协商。核验码{code}仅供核验短信真伪。',
  'overdue-factual':
    '{product}到期已过{days}天，待还{amount}，其中罚息{penalty}。有难处可协商。核验码{code}仅供核验真伪。',
  // Two messages: what the law has us tell beforehand is not shortened for a code.
  'credit-report-warning':
    '依《征信业管理条例》告知：您{dueDate}到期的{amount}若仍未还，将如实报送征信系统。有异议或难处请在APP提出。' +
    '核验码{code}仅用于核验本条短信真伪，请勿告知来电者。',
  'overdue-formal':
    '{product}到期已过{days}天，待还{amount}，含罚息{penalty}。可申请新的安排。核验码{code}仅供核验真伪。',
  'overdue-final':
    '{product}到期已过{days}天，待还{amount}。希望与您定下还款安排，请在APP联系我们。核验码{code}仅供核验真伪。',
  'payment-received': '已收到您的{product}还款{amount}，谢谢。最新情况请在APP内查看。',
  'account-settled': '您的{product}已全部结清，感谢您的信任。结清证明可在APP内开具。',
};

/** Wordings that have changed since the first: two variables side by side, which providers refuse; the code. */
const VERSIONS: Partial<Record<NoticeKind, number>> = {
  'loan-disbursed': 2,
  'bill-issued': 3,
  'due-soon': 2,
  'due-today': 2,
  'overdue-friendly': 2,
  'overdue-factual': 2,
  'credit-report-warning': 2,
  'overdue-formal': 2,
  'overdue-final': 2,
};

export const TEMPLATES = Object.fromEntries(
  Object.entries(BODIES).map(([kind, body]) => [
    kind,
    { version: VERSIONS[kind as NoticeKind] ?? 1, body, submittedBy: AUTHOR, approvedBy: REVIEWER },
  ]),
) as Record<NoticeKind, NoticeTemplate>;
