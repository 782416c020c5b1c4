/** What a notice text may not say, how it hides it, and what it costs: texts that fail, and look-alikes that pass. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTemplateText, sizeOf } from '../../../../src/domain/messaging/templates/templateChecks';
import { BOUND_VARIABLES, TEMPLATE_POLICY } from '../../../../src/domain/messaging/templates/templatePolicy';
import type { NoticeKind } from '../../../../src/domain/policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../../../src/domain/policy/shippedTemplates';

const KINDS = Object.keys(TEMPLATES) as NoticeKind[];
const check = (body: string, kind: NoticeKind = 'due-soon', changes: object = {}) =>
  checkTemplateText({ kind, body, signature: SIGNATURE, policy: { ...TEMPLATE_POLICY, ...changes } });
const rulesOf = (body: string, kind?: NoticeKind, changes?: object) => [
  ...new Set(check(body, kind, changes).map(({ rule }) => rule)),
];

it.each(KINDS)('the shipped text of %s passes', (kind) => {
  expect(check(TEMPLATES[kind].body, kind)).toEqual([]);
});

/** A text of each rule that fails, the words that it must name, and one beside it that passes. */
const CASES: [rule: string, kind: NoticeKind, fails: string, words: string, passes: string][] = [
  ['PROVIDER_WORD', 'due-soon', '您的贷款{amount}将于{dueDate}到期。', '贷款', '您的账单{amount}将于{dueDate}到期。'],
  ['PROVIDER_WORD', 'overdue-factual', '已逾期{days}天，待还{amount}。', '逾期', '到期已过{days}天，待还{amount}。'],
  ['THREAT', 'overdue-formal', '待还{amount}，否则后果自负。', '后果自负', '待还{amount}，有难处请在APP说明。'],
  ['THREAT', 'overdue-final', '待还{amount}，我们将联系您的家人。', '家人', '待还{amount}，请在APP联系我们。'],
  ['FALSE_AUTHORITY', 'overdue-final', '待还{amount}，将移送法院处理。', '法院', '待还{amount}，处理办法见APP内说明。'],
  [
    'FALSE_AUTHORITY',
    'due-today',
    '{amount}今天到期，以免列入黑名单。',
    '黑名单',
    '{amount}今天到期，名单见APP内明细页。',
  ],
  ['MARKETING', 'bill-issued', '本月应还{amount}，领取优惠券更划算。', '优惠', '本月应还{amount}，明细请看APP账单页。'],
  ['OPT_OUT', 'due-soon', '本期应还{amount}，拒收请回复R', '拒收', '本期应还{amount}，已还请忽略此条。'],
  ['FOREIGN_CONTACT', 'due-soon', '本期应还{amount}，详询微信客服。', '微信', '本期应还{amount}，详询APP内客服。'],
  ['LINK', 'due-soon', '本期应还{amount}，详见 t.cn/Rx1 说明', 't.cn/Rx1', '本期应还{amount}，详见APP内的说明。'],
  [
    'LINK',
    'due-soon',
    '本期应还{amount}，详见https://pay.example',
    'https://pay.example',
    '本期应还{amount}，详见APP。记得查看',
  ],
  [
    'PHONE_NUMBER',
    'due-soon',
    '本期应还{amount}，请拨13800000000咨询',
    '13800000000',
    '本期应还{amount}，请在24时前看一看',
  ],
  [
    'PHONE_NUMBER',
    'due-soon',
    '本期应还{amount}，幺三八零零零零零零零零',
    '幺三八零零零零零零零零',
    '本期应还{amount}，一共三期一二两期已还',
  ],
  [
    'PHONE_NUMBER',
    'due-soon',
    '本期应还{amount}，请咨询138{code}为您服务',
    '138{code}',
    '本期应还{amount}，核验码{code}可在APP查。',
  ],
  ['FOREIGN_LETTERS', 'due-soon', '本期应还{amount}，请打开Аpp查看明细', 'Аpp', '本期应还{amount}，请打开app查看明细'],
  ['HIDDEN_SIGN', 'due-soon', '本期应还{amount}，请在APP\u200b查看', 'U+200B', '本期应还{amount}，请在APP查看吧'],
  ['SIGNATURE_BRACKETS', 'due-soon', '【客服】本期应还{amount}，请看明细', '【', '（账单）本期应还{amount}，请看明细'],
  [
    'VARIABLE_UNKNOWN',
    'due-soon',
    '您好{name}，本期应还{amount}，请安排',
    '{name}',
    '您好，本期应还{amount}，请早安排',
  ],
  [
    'VARIABLE_OF_OTHER_KIND',
    'due-soon',
    '已过{days}天，本期应还{amount}，请安排',
    '{days}',
    '本月{month}月，本期应还{amount}请安排',
  ],
  [
    'VARIABLES_ADJACENT',
    'due-soon',
    '您的{product}{amount}{dueDate}到期，请安排',
    '{product}{amount}',
    '您的{product}应还{amount}，{dueDate}到期，请安排',
  ],
  [
    'VARIABLES_ONLY',
    'due-soon',
    '{product}，{amount}，{dueDate}',
    '{product}，{amount}，{dueDate}',
    '您的{product}应还{amount}，{dueDate}到期',
  ],
  ['BRACES', 'due-soon', '本期应还{amount}，请｛dueDate｝前安排', '{', '本期应还{amount}，请{dueDate}前安排'],
  ['TONE', 'overdue-friendly', '待还{amount}，其中有罚息，请看APP。', '罚息', '待还{amount}，也许是忘了，请看APP。'],
  [
    'TONE',
    'overdue-friendly',
    '待还{amount}，其中{penalty}因晚还而来。',
    '{penalty}',
    '待还{amount}，也许是忘了，请看APP。',
  ],
  ['TONE', 'overdue-formal', '待还{amount}，会影响您的征信。', '征信', '待还{amount}，含罚息{penalty}，请看APP。'],
  ['TONE', 'overdue-formal', '根据民法典，您待还{amount}，请看APP。', '根据', '您待还{amount}，可申请新的还款安排。'],
];

describe('each rule names the words, why, and what to do', () => {
  it.each(CASES)('%s in %s: %s', (rule, kind, fails, words) => {
    const found = check(fails, kind).filter((finding) => finding.rule === rule);
    expect(found.map((finding) => finding.words)).toContain(words);
    for (const { why, fix } of found) expect(`${why} ${fix}`.length).toBeGreaterThan(20);
  });

  it.each(CASES)('%s in %s passes a text that only looks like it: %#', (_rule, kind, _fails, _words, passes) => {
    expect(check(passes, kind)).toEqual([]);
  });
});

describe('evasion', () => {
  const fullWidth = (text: string) =>
    [...text]
      .map((sign) => (/[!-z|~]/.test(sign) ? String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0) : sign))
      .join('');
  const HIDERS = [' ', '\u3000', '\u200b', '\u2060', '\u00ad'];

  it('no finding is lost by spaces, signs without a width, or full-width forms', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CASES),
        fc.infiniteStream(fc.tuple(fc.boolean(), fc.constantFrom(...HIDERS), fc.boolean())),
        ([rule, kind, fails], choices) => {
          const hidden = (fails.match(/\{[^{}]*\}|./gsu) ?? [])
            .map((sign) => {
              const [isSplit, hider, isWide] = choices.next().value ?? [false, '', false];
              const written = isWide && !sign.startsWith('{') ? fullWidth(sign) : sign;
              return isSplit ? written + hider : written;
            })
            .join('');
          expect(rulesOf(hidden, kind)).toContain(rule);
        },
      ),
    );
  });

  it.each([
    ['法.院通知：待还{amount}，请看明细', 'FALSE_AUTHORITY'],
    ['法*院通知：待还{amount}，请看明细', 'FALSE_AUTHORITY'],
    ['您的貸款{amount}，{dueDate}到期', 'PROVIDER_WORD'],
    ['应还{amount}，加 Ｖ 信联系，请看明细', 'FOREIGN_CONTACT'],
    ['应还{amount}，见ｗｗｗ．ｐａｙ．ｃｏｍ明细', 'LINK'],
    ['应还{amount}，见 p a y 。 c o m 明细', 'LINK'],
    ['应还{amount}，见pay点com明细', 'LINK'],
    ['应还{amount}，拨１３８-００００ ００００咨询', 'PHONE_NUMBER'],
    ['应还{amount}，拨①③⑧⓪⓪⓪⓪⓪⓪⓪⓪咨询', 'PHONE_NUMBER'],
    ['应还{amount}，拒 收 请 回 复 Ｒ', 'OPT_OUT'],
    ['︻公告︼应还{amount}，请看明细', 'SIGNATURE_BRACKETS'],
  ])('%s', (body, rule) => expect(rulesOf(body)).toContain(rule));

  it('a forbidden word does not reach across a variable', () => {
    expect(check('请您在APP内看一看法{amount}院内明细')).toEqual([]);
  });
});

describe('numbers and signatures of our own', () => {
  const ours = { officialNumbers: ['4000000000', '95000'] };
  it('official numbers pass, however they are written; a third one and any other do not', () => {
    expect(check('本期应还{amount}，客服400-000-0000，或95000', 'due-soon', ours)).toEqual([]);
    expect(rulesOf('本期应还{amount}，客服4000000000，95000，或95000', 'due-soon', ours)).toEqual(['PHONE_NUMBER']);
    expect(rulesOf('本期应还{amount}，客服4000000001，请看', 'due-soon', ours)).toEqual(['PHONE_NUMBER']);
  });

  it.each(['法院', '示', '十三个字符的签名太长太长了', '示例-消金', '优惠活动'])(
    'refuses the signature %s',
    (signature) => {
      const body = TEMPLATES['due-soon'].body;
      expect(checkTemplateText({ kind: 'due-soon', body, signature, policy: TEMPLATE_POLICY })).not.toEqual([]);
    },
  );
});

describe('the statutory warning', () => {
  it('alone may name the credit register, and must name the regulation', () => {
    const { body } = TEMPLATES['credit-report-warning'];
    expect(check(body, 'credit-report-warning')).toEqual([]);
    expect(rulesOf(body, 'overdue-formal')).toContain('TONE');
    expect(rulesOf('{amount}若仍未还，将如实报送征信系统。', 'credit-report-warning')).toEqual(['TONE']);
  });
});

describe('length, parts and cost', () => {
  const policy = TEMPLATE_POLICY;
  const text = (length: number) => '一'.repeat(0) + '请'.repeat(length - SIGNATURE.length - 2);

  it.each([
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
  ])('%d characters are %d parts', (length, parts) => {
    expect(sizeOf({ body: text(length), signature: SIGNATURE, policy })).toMatchObject({
      length,
      parts,
      costFen: parts * 5,
    });
  });

  it('are of the longest values that the books can come to', () => {
    const size = sizeOf({ body: '应还{amount}，{dueDate}到期', signature: SIGNATURE, policy });
    expect(size?.longest).toBe('【示例消金】应还9,999,999.99元，12月31日到期');
  });

  it('are bounded by the policy, each by itself', () => {
    expect(rulesOf(text(135))).toEqual(['PARTS', 'COST']);
    expect(rulesOf(text(71), 'due-soon', { maxCostFen: 9 })).toEqual(['COST']);
    expect(rulesOf(text(71), 'due-soon', { maxParts: 1, maxCostFen: 50 })).toEqual(['PARTS']);
    expect(rulesOf(text(501), 'due-soon', { maxParts: 9, maxCostFen: 50 })).toEqual(['LENGTH']);
  });
});

it('every variable has a type and a source', () => {
  for (const { type, figure, source } of Object.values(BOUND_VARIABLES))
    expect(`${type}${figure}${source}`).toMatch(/.{10}/);
  expect(BOUND_VARIABLES.amount).toMatchObject({ type: 'money', figure: 'amountFen' });
});
