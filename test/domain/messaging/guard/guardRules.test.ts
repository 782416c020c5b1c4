/** Each rule of the anomaly guard, by the message that it holds and its neighbour that passes. */
import { describe, expect, it } from '@jest/globals';
import {
  GUARD_POLICY,
  type GuardEvidence,
  type GuardMessage,
  type GuardRule,
  judgeMessages,
  type TemplateEvidence,
} from '../../../../src/domain/messaging/guard/anomalyGuard';
import { incidentOfAlarm } from '../../../../src/domain/messaging/guard/guardIncidents';
import { chanceOfAtLeast, cusum } from '../../../../src/domain/messaging/guard/guardStatistics';
import { atWallTimeMs, SHANGHAI } from '../../../../src/domain/values/clock';
import { evidenceOf, MINUTE_MS, messageOf, providerOf, TEN_MS, TODAY, taken, templateOf } from './guardCases';

function rulesOf(message: GuardMessage, evidence: GuardEvidence = evidenceOf()): string[] {
  const [judgement] = judgeMessages(evidence, [message]).judgements;
  if (judgement?.verdict === 'pass') return [];
  return (judgement?.findings ?? []).map(({ rule }) => rule);
}

function withBody(body: string, review: Partial<TemplateEvidence> = {}): string[] {
  const template = templateOf('due-soon', { body, ...review });
  return rulesOf(messageOf({}, template), evidenceOf({ templates: [template] }));
}

it('lets a message in order pass, and raises nothing', () => {
  expect(judgeMessages(evidenceOf(), [messageOf()])).toEqual({
    judgements: [{ noticeId: 'notice-1', verdict: 'pass', findings: [] }],
    alarms: [],
  });
});

describe('text and figures', () => {
  const { text } = messageOf();
  const cases: [string, string, GuardRule][] = [
    ['an amount off by one fen', text.replace('1,234.56', '1,234.57'), 'figures'],
    ['an amount with its point moved', text.replace('1,234.56', '123,456.00'), 'figures'],
    ['another date', text.replace('7月10日', '7月11日'), 'figures'],
    ['a full-width digit', text.replace('1,234.56', '1,234.5６'), 'text'],
    ['a hidden sign in the amount', text.replace('1,234.56', '1,234\u200b.56'), 'text'],
    ['a word more', `${text}谢谢`, 'text'],
    ['another signature', text.replace('示例消金', '示例消会'), 'text'],
    ['no signature', text.replace('【示例消金】', ''), 'text'],
    ['a space at the end', `${text} `, 'text'],
  ];
  it.each(cases)('holds %s', (_, changed, rule) => {
    expect(rulesOf(messageOf({ text: changed }))).toContain(rule);
  });

  it('holds a text with another code than was drawn for it', () => {
    const template = templateOf('due-soon', { body: `${templateOf('due-soon').body}核验码{code}` });
    const evidence = evidenceOf({ templates: [template] });
    const message = messageOf({}, template);
    expect(rulesOf(message, evidence)).toEqual([]);
    expect(rulesOf({ ...message, code: '7KQ4XR2N' }, evidence)).toContain('figures');
  });
});

describe('template', () => {
  const cases: [string, Partial<TemplateEvidence>][] = [
    ['changed after its review', { wordingHash: 'other' }],
    ['never reviewed', { approvedHash: null }],
    ['reviewed by its author', { submittedBy: 'staff-0417', approvedBy: 'staff-0417' }],
    ['of unknown author', { submittedBy: null }],
    ['retired', { status: 'retired' }],
    ['of another version', { version: 99 }],
  ];
  it.each(cases)('holds what is rendered from a template %s', (_, change) => {
    expect(rulesOf(messageOf(), evidenceOf({ templates: [templateOf('due-soon', change)] }))).toEqual(['template']);
  });

  it('holds everything of a kind without a template', () => {
    expect(rulesOf(messageOf(), evidenceOf({ templates: [] }))).toEqual(['template', 'text']);
  });
});

describe('what is foreign, in a wording whose review is in order', () => {
  const { body } = templateOf('due-soon');
  const foreign: [string, string][] = [
    ['a link', '详情 https://dk.example/p'],
    ['a bare domain', '详情见dk-hk.example'],
    ['a domain split by spaces', '详情见 d k . c n'],
    ['a domain with its dot as a word', '详情见dk点cn'],
    ['an ideographic dot', '详情见dk。cn'],
    ['Cyrillic look-alikes', '详情见АРР'],
    ['Greek look-alikes', '请打开ΑΡΡ'],
    ['full-width letters', '详情见ｄｋ．ｃｎ'],
    ['mathematical letters', '详情见𝐝𝐤'],
    ['a word beside APP', '请打开APPx'],
    ['a domain in Chinese', '详情见示例.中国'],
    ['a slash', '详情见示例/还款'],
    ['a mobile number', '请致电13800000000'],
    ['a number split by spaces', '请致电138 0000 0000'],
    ['a number split by dashes', '请致电138-0000-0000'],
    ['a number in full-width digits', '请致电１３８００００００００'],
    ['a number in circled digits', '请致电①③⑧①②③④'],
    ['a number in words', '请致电一三八零零零零零零零零'],
    ['digits and words mixed', '请致电1三8零0零0'],
    ['Arabic digits', '请致电١٣٨٠٠٠٠٠'],
    ['digits between characters', '一加3加8加0加0加0加0加0加0加5'],
    ['a hidden space', '请\u200b处理'],
    ['a reversed part', '请\u202e处理'],
    ['a mark on a character', '请\u0301处理'],
    ['a picture', '请处理😀'],
    ['another way to pay', '请用支付宝还款'],
    ['the same word, split', '请用支 付·宝还款'],
    ['another app', '请加微信'],
    ['a demand for a click', '请点 击'],
  ];
  it.each(foreign)('holds %s', (_, more) => {
    expect(withBody(`${body}${more}`)).toContain('foreign');
  });

  it('lets an official number pass, and no number that only contains it', () => {
    const policy = { ...GUARD_POLICY, officialNumbers: ['95123'] };
    const judge = (more: string) => {
      const template = templateOf('due-soon', { body: `${body}${more}` });
      const evidence = evidenceOf({ templates: [template] });
      return judgeMessages(evidence, [messageOf({}, template)], policy).judgements[0]?.verdict;
    };
    expect(judge('客服95123')).toBe('pass');
    expect(judge('客服951234')).toBe('hold');
    expect(judge('客服195123')).toBe('hold');
  });

  it('is told from a text alone too, where the template says nothing of it', () => {
    const policy = { ...GUARD_POLICY, switchedOff: ['text', 'figures'] as const };
    const message = messageOf({ text: `${messageOf().text}请致电13800000000` });
    expect(judgeMessages(evidenceOf(), [message], policy).judgements[0]?.verdict).toBe('hold');
  });
});

it.each([
  ['03:00', ['hours']],
  ['22:00', ['hours']],
  ['21:59', []],
  ['07:59', ['hours']],
  ['08:00', []],
])('at %s finds %j, whatever the notice', (time, rules) => {
  expect(rulesOf(messageOf(), evidenceOf({ asOfMs: atWallTimeMs(TODAY, time, SHANGHAI) }))).toEqual(rules);
});

describe('schedule', () => {
  const find = (dedupeKey: string, dueDate: string) =>
    rulesOf(messageOf({ dedupeKey, figures: { ...messageOf().figures, dueDate } })).filter(
      (rule) => rule === 'schedule',
    );
  it.each([
    ['due-soon/instalment-3/3', '2026-07-10', true],
    ['due-soon/instalment-3/3#2', '2026-07-10', true],
    ['due-soon/instalment-3/3', '2026-07-09', true],
    ['due-soon/instalment-3/3', '2026-07-11', false],
    ['due-soon/instalment-3/3', '2026-07-06', false],
    ['due-soon/instalment-3/2', '2026-07-09', false],
    ['due-soon/instalment-3/3/again', '2026-07-10', false],
    ['replayed-1', '2026-07-10', false],
    ['overdue/instalment-3/3', '2026-07-04', false],
  ])('%s of what is due on %s: in order is %s', (dedupeKey, dueDate, inOrder) => {
    expect(find(dedupeKey, dueDate)).toEqual(inOrder ? [] : ['schedule']);
  });

  it.each([
    ['phone-changed/2/1', []],
    ['phone-changed/2', ['schedule']],
    ['overdue/instalment-3/3', ['schedule']],
  ])('of a warning about a phone %s finds %p', (dedupeKey, found) => {
    const template = templateOf('phone-changed');
    const warning = messageOf({ dedupeKey, figures: { productName: '借款' } }, template);
    expect(rulesOf(warning, evidenceOf({ templates: [template] }))).toEqual(found);
  });

  it('lets an overdue rung pass from its day on', () => {
    const template = templateOf('overdue-factual');
    const of = (dueDate: string) => {
      const figures = { ...messageOf().figures, dueDate, daysPastDue: 7 };
      const message = messageOf({ dedupeKey: 'overdue/instalment-3/7', figures }, template);
      return rulesOf(message, evidenceOf({ templates: [template] }));
    };
    expect(of('2026-06-30')).toEqual([]);
    expect(of('2026-06-29')).toEqual([]);
    expect(of('2026-07-01')).toEqual(['schedule']);
  });
});

describe('repeats', () => {
  it('holds a promise that went out before, under whatever count of its renewals', () => {
    const sentPromises = new Set(['account-1/due-soon/instalment-3/3']);
    const message = messageOf({ dedupeKey: 'due-soon/instalment-3/3#2' });
    expect(rulesOf(message, evidenceOf({ sentPromises }))).toEqual(['promise']);
    expect(rulesOf({ ...message, accountId: 'account-2' }, evidenceOf({ sentPromises }))).toEqual([]);
  });

  it('holds the second of a promise within one group', () => {
    const again = messageOf({ noticeId: 'notice-2', dedupeKey: 'due-soon/instalment-3/3#2' });
    const { judgements } = judgeMessages(evidenceOf(), [messageOf(), again]);
    expect(judgements.map(({ verdict }) => verdict)).toEqual(['pass', 'hold']);
  });

  it('holds the fourth message to one phone, also within one group', () => {
    const group = [1, 2, 3, 4].map((at) => messageOf({ noticeId: `notice-${at}`, accountId: `account-${at}` }));
    const { judgements, alarms } = judgeMessages(evidenceOf(), group);
    expect(judgements.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'hold']);
    expect(alarms).toEqual([expect.objectContaining({ rule: 'recipient', stops: 'held', held: 1 })]);
    expect(rulesOf(messageOf(), evidenceOf({ sentToRecipient: new Map([['hash-of-phone-1', 2]]) }))).toEqual([]);
  });
});

describe('volume', () => {
  const unplanned = new Set(['notice-1', 'notice-2']);
  it('allows all that is planned, and a few a day that are not', () => {
    expect(rulesOf(messageOf(), evidenceOf({ unplannedToday: 1000 }))).toEqual([]);
    expect(rulesOf(messageOf(), evidenceOf({ unplanned, unplannedToday: 9 }))).toEqual([]);
    expect(rulesOf(messageOf(), evidenceOf({ unplanned, unplannedToday: 10 }))).toEqual(['volume']);
  });

  it('counts the messages of the group', () => {
    const group = [1, 2, 3].map((n) => messageOf({ ...ids(n) }));
    const { judgements } = judgeMessages(evidenceOf({ unplanned, unplannedToday: 9 }), group);
    expect(judgements.map(({ verdict }) => verdict)).toEqual(['pass', 'hold', 'pass']);
  });
});

describe('receipts', () => {
  const at = (change: Parameters<typeof providerOf>[0]) => evidenceOf({ providers: [providerOf(change)] });

  it('lets no more be on their way than the window, and waits by itself', () => {
    const evidence = at({ unconfirmedAtMs: taken(36, MINUTE_MS) });
    expect(judgeMessages(evidence, [messageOf()])).toEqual({
      judgements: [expect.objectContaining({ verdict: 'wait', untilMs: TEN_MS + MINUTE_MS })],
      alarms: [],
    });
    expect(rulesOf(messageOf(), at({ unconfirmedAtMs: taken(35, MINUTE_MS) }))).toEqual([]);
  });

  it('counts the messages of the group into the window', () => {
    const group = [1, 2, 3].map((n) => messageOf({ ...ids(n) }));
    const { judgements } = judgeMessages(at({ unconfirmedAtMs: taken(34, MINUTE_MS) }), group);
    expect(judgements.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'wait']);
  });

  it('lets one try when the last was a while ago', () => {
    const group = [1, 2].map((n) => messageOf({ ...ids(n) }));
    const { judgements } = judgeMessages(
      at({ unconfirmedAtMs: taken(40, MINUTE_MS), lastAttemptAtMs: TEN_MS - 15 * MINUTE_MS }),
      group,
    );
    expect(judgements.map(({ verdict }) => verdict)).toEqual(['pass', 'wait']);
  });

  it('takes a long silence for false success', () => {
    const silent = { unconfirmedAtMs: taken(8, 120 * MINUTE_MS) };
    expect(rulesOf(messageOf(), at(silent))).toEqual(['receipt-silence']);
    expect(rulesOf(messageOf(), at({ unconfirmedAtMs: taken(7, 300 * MINUTE_MS) }))).toEqual([]);
    expect(rulesOf(messageOf(), at({ unconfirmedAtMs: taken(8, 119 * MINUTE_MS) }))).toEqual([]);
  });

  it('does not take a rush after one lost receipt for silence', () => {
    const rush = [...taken(1, 180 * MINUTE_MS), ...taken(20, MINUTE_MS)];
    expect(rulesOf(messageOf(), at({ unconfirmedAtMs: rush }))).toEqual([]);
  });

  it('raises what is wrong with a provider also when nothing is due', () => {
    const silent = at({ unconfirmedAtMs: taken(8, 120 * MINUTE_MS) });
    expect(judgeMessages(silent, []).alarms).toEqual([
      expect.objectContaining({ rule: 'receipt-silence', scope: { provider: 'carrier-a' }, stops: 'scope', held: 0 }),
    ]);
  });

  it('leaves another provider alone', () => {
    const silent = at({ unconfirmedAtMs: taken(8, 120 * MINUTE_MS) });
    expect(rulesOf(messageOf({ provider: 'carrier-b' }), silent)).toEqual([]);
  });

  it('holds when failures come as they usually do not', () => {
    const failing = [...Array(40).fill(false), ...Array(7).fill(true)];
    expect(rulesOf(messageOf(), at({ recentFailures: failing }))).toEqual(['receipt-failures']);
    const usual = Array.from({ length: 100 }, (_, index) => index % 14 === 0);
    expect(rulesOf(messageOf(), at({ recentFailures: usual }))).toEqual([]);
  });

  it('holds when receipts come for messages that are not ours', () => {
    expect(rulesOf(messageOf(), at({ foreignReceipts: 11 }))).toEqual(['foreign-receipts']);
    expect(rulesOf(messageOf(), at({ foreignReceipts: 10 }))).toEqual([]);
  });
});

describe('code checks', () => {
  const alarmed = (checks: GuardEvidence['checks']) =>
    judgeMessages(evidenceOf({ checks }), [messageOf()]).alarms.map(({ rule }) => rule);
  const of = (failedLastHour: number, usualFailedPerHour: number) =>
    alarmed({ failedLastHour, usualFailedPerHour, reportsLastHour: 0, usualReportsPerHour: 0 });
  it('are a surge by what is usual', () => {
    expect(of(15, 1)).toEqual([]);
    expect(of(30, 1)).toEqual(['code-checks']);
    expect(of(30, 12)).toEqual([]);
    expect(of(100, 12)).toEqual(['code-checks']);
  });

  it('count reports as well', () => {
    const checks = { failedLastHour: 0, usualFailedPerHour: 1, reportsLastHour: 30, usualReportsPerHour: 0 };
    expect(alarmed(checks)).toEqual(['code-checks']);
  });

  it('call a person, and neither hold a message nor stop anything: anybody can make them', () => {
    const checks = { failedLastHour: 1e6, usualFailedPerHour: 0, reportsLastHour: 1e6, usualReportsPerHour: 0 };
    const { judgements, alarms } = judgeMessages(evidenceOf({ checks }), [messageOf()]);
    expect(judgements).toEqual([{ noticeId: 'notice-1', verdict: 'pass', findings: [] }]);
    expect(alarms.map(({ stops, held }) => ({ stops, held }))).toEqual(
      alarms.map(() => ({ stops: 'nothing', held: 0 })),
    );
    expect(alarms.map((alarm) => incidentOfAlarm(alarm).measures)).toEqual(alarms.map(() => []));
  });
});

describe('a person’s word', () => {
  it('releases from what needs judgement', () => {
    const sentPromises = new Set(['account-1/due-soon/instalment-3/3']);
    expect(rulesOf(messageOf({ released: ['promise'] }), evidenceOf({ sentPromises }))).toEqual([]);
  });

  it('releases nothing else than it was given for', () => {
    const sentPromises = new Set(['account-1/due-soon/instalment-3/3']);
    expect(rulesOf(messageOf({ released: ['volume'] }), evidenceOf({ sentPromises }))).toEqual(['promise']);
  });

  it('releases neither text nor template nor hours', () => {
    const released: GuardRule[] = ['text', 'figures', 'foreign', 'template', 'hours'];
    const night = evidenceOf({ asOfMs: atWallTimeMs(TODAY, '03:00', SHANGHAI) });
    expect(rulesOf(messageOf({ released }), night)).toEqual(['hours']);
    const message = messageOf({ released, text: messageOf().text.replace('1,234.56', '1,234.57') });
    expect(rulesOf(message)).toEqual(['figures']);
    const changed = evidenceOf({ templates: [templateOf('due-soon', { wordingHash: 'other' })] });
    expect(rulesOf(messageOf({ released }), changed)).toEqual(['template']);
  });
});

describe('alarms', () => {
  it('stop a kind for one wrong text, and say nothing of its content', () => {
    const message = messageOf({ text: messageOf().text.replace('1,234.56', '1,234.57') });
    const { alarms } = judgeMessages(evidenceOf(), [message]);
    expect(alarms).toEqual([
      {
        rule: 'figures',
        detail: '{amount} is not what the books say',
        scope: { templateKind: 'due-soon' },
        stops: 'scope',
        held: 1,
        sampleNoticeIds: ['notice-1'],
      },
    ]);
    expect(JSON.stringify(alarms)).not.toContain('1,234');
  });

  it('stop a kind for many repeats, and name a few of them', () => {
    const group = [1, 2, 3, 4, 5, 6].map((n) => messageOf({ ...ids(n), dedupeKey: `replayed-${n}` }));
    const { alarms } = judgeMessages(evidenceOf(), group);
    expect(alarms).toEqual([expect.objectContaining({ rule: 'schedule', stops: 'scope', held: 6 })]);
    expect(alarms[0]?.sampleNoticeIds).toHaveLength(5);
  });
});

describe('exact tests', () => {
  it('are exact', () => {
    expect(chanceOfAtLeast(1, 2)).toBeCloseTo(1 - Math.exp(-2), 12);
    expect(chanceOfAtLeast(0, 2)).toBe(1);
    expect(chanceOfAtLeast(3, 1)).toBeCloseTo(1 - Math.exp(-1) * 2.5, 12);
    expect(chanceOfAtLeast(30, 6)).toBeCloseTo(chanceBySum(30, 6), 18);
    for (const [count, mean] of [
      [5, 7],
      [7, 7],
      [8, 7],
      [60, 100],
      [150, 100],
    ] as const) {
      expect(chanceOfAtLeast(count, mean)).toBeCloseTo(chanceBySum(count, mean), 12);
    }
    expect(cusum([true], { usual: 0.1, alarming: 0.5 })).toBeCloseTo(Math.log(5), 12);
    expect(cusum([false, false, true], { usual: 0.1, alarming: 0.5 })).toBeCloseTo(Math.log(5), 12);
  });
});

/** Term by term from the first, where none is too small. */
function chanceBySum(count: number, mean: number): number {
  let [term, below] = [Math.exp(-mean), 0];
  const terms: number[] = [];
  for (let at = 0; at < 1000; at += 1) {
    if (at < count) below += term;
    else terms.push(term);
    term *= mean / (at + 1);
  }
  return count <= mean ? 1 - below : terms.reduceRight((sum, each) => sum + each, 0);
}

it.each([
  [271, 6],
  [300, 6],
  [2000, 6],
  [1e6, 6],
  [1e6, 1e5],
])('the chance of %i where %i are usual is none, and found out at once', (count, mean) => {
  expect(chanceOfAtLeast(count, mean)).toBeLessThan(1e-250);
});

it.each([
  [1, 1000],
  [500, 1000],
  [1, 1e5],
])('the chance of %i or more where %i are usual is certainty', (count, mean) => {
  expect(chanceOfAtLeast(count, mean)).toBeCloseTo(1, 12);
});

function ids(n: number) {
  return { noticeId: `notice-${n}`, accountId: `account-${n}`, recipient: `hash-of-phone-${n}` };
}
