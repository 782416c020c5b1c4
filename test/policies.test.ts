/** The shipped policies pass their gate, broken ones are refused with path and fix, and the texts keep their tone. */
import { describe, expect, it } from '@jest/globals';
import { carriesCode, HIDDEN_CODE } from '../src/domain/messaging/codes/verificationCodes';
import { type NoticeFigures, render, smsParts } from '../src/domain/messaging/outbox/noticeText';
import {
  noticeKindOf,
  variablesOfWording,
  WORDING_NAMES,
  type WordingName,
} from '../src/domain/messaging/outbox/wordings';
import { replayPolicy } from '../src/domain/policy/cardPortfolioPolicy';
import { defaultPolicy } from '../src/domain/policy/defaultPolicy';
import { CODE_SENTENCE, SIGNATURE, TEMPLATES } from '../src/domain/policy/shippedTemplates';
import { PolicyError, parsePolicy } from '../src/platform/policy/lendingPolicySchema';

// biome-ignore lint/suspicious/noExplicitAny: a case breaks the policy in ways its type forbids
type Loose = any;

/** The faults of the default policy after one change, or none. */
function faultsAfter(change: (policy: Loose) => void): string {
  const policy = JSON.parse(JSON.stringify(defaultPolicy));
  change(policy);
  try {
    parsePolicy(policy);
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
  return 'no fault found';
}

describe('parsePolicy', () => {
  it.each([
    ['default', defaultPolicy],
    ['replay', replayPolicy],
  ])('takes the %s policy as JSON, unchanged', (_, policy) => {
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it('takes a version that was stored before there were instalments, without them', () => {
    const { instalments: _, ...revolving } = defaultPolicy.revolving;
    const stored = { ...defaultPolicy, version: '2026-01', revolving };
    expect(parsePolicy(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });

  it('takes sources as the lender wants them, and their absence', () => {
    const required = [{ kind: 'identity', freshDays: 30 }];
    const sources = { required, retryAfterMinutes: [5, 240], deadlineHours: 48 };
    const policy = { ...defaultPolicy, assessment: { ...defaultPolicy.assessment, sources } };
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    expect(defaultPolicy.assessment).not.toHaveProperty('sources');
  });

  it.each([
    [{ required: [] }, /assessment.sources.required must be a list of sources that must have been seen/],
    [{ required: [{ kind: 'gossip', freshDays: 30 }] }, /required\[0\].kind is "gossip"; it must be one of identity/],
    [{ required: [{ kind: 'consumption', freshDays: 31 }] }, /freshDays is 31, but what a consumption source showed/],
    [
      {
        required: [
          { kind: 'identity', freshDays: 1 },
          { kind: 'identity', freshDays: 2 },
        ],
      },
      /names identity twice/,
    ],
    [{ deadlineHours: 73 }, /deadlineHours is 73, after a referral is over by referralDays 3/],
    [{ retryAfterMinutes: [5] }, /retryAfterMinutes ask \d+ times until deadlineHours 48, and 100 are allowed/],
    [{ retryAfterMinutes: [0] }, /retryAfterMinutes\[0\] is 0; it must be business minutes/],
  ])('refuses sources that are %j', (changes, fault) => {
    const required = [{ kind: 'identity', freshDays: 30 }];
    const sources = { required, retryAfterMinutes: [5, 240], deadlineHours: 48, ...changes };
    const faults = faultsAfter((policy) => {
      policy.assessment.sources = sources;
    });
    expect(faults).toMatch(fault);
  });

  it('takes automatic debit as the lender wants it, and its absence', () => {
    const policy = { ...defaultPolicy, autoDebit: { at: '18:30', retryOnDaysAfter: [1, 3], amount: 'minimum' } };
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    expect(defaultPolicy).not.toHaveProperty('autoDebit');
  });

  it('takes a stricter cap and moved due dates where the rates keep to them, and their absence', () => {
    const dailyRate = { min: '0.00015', max: '0.0005' };
    const bands = [{ fromPoints: 580, incomeMultiple: '9', dailyRate: '0.0005' }];
    const policy = {
      ...defaultPolicy,
      cashLoan: {
        ...defaultPolicy.cashLoan,
        dailyRate,
        dueDateShift: 'next-working-day',
        graceDays: 3,
        coolingOffDays: 7,
        principalFirstFromDaysPastDue: 91,
      },
      assessment: { ...defaultPolicy.assessment, bands },
      cost: { annualCap: '0.23', tolerance: '0' },
    };
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    expect(defaultPolicy).not.toHaveProperty('cost');
  });

  const FAULTS: [path: string, change: (policy: Loose) => void, says: string][] = [
    ['autoDebit', (p) => (p.autoDebit = { at: '20:00' }), 'autoDebit.retryOnDaysAfter must be a list of days after'],
    [
      'autoDebit.at',
      (p) => (p.autoDebit = { at: '24:00', retryOnDaysAfter: [], amount: 'due' }),
      'autoDebit.at is "24:00"; it must be HH:MM',
    ],
    [
      'autoDebit.retryOnDaysAfter',
      (p) => (p.autoDebit = { at: '20:00', retryOnDaysAfter: [3, 3], amount: 'due' }),
      'autoDebit.retryOnDaysAfter does not rise',
    ],
    [
      'version',
      (p) => delete p.version,
      'version is missing; it must be the name of this version: set for example "2026-01"',
    ],
    ['effectiveFrom', (p) => (p.effectiveFrom = '2026-02-30'), 'effectiveFrom is "2026-02-30"; it must be a date'],
    ['zone', (p) => delete p.zone, 'zone must be an object with name, utcOffsetMinutes: add it'],
    ['unknown field', (p) => (p.revolving.graceDays = 3), 'revolving has no field graceDays: remove it'],
    [
      'money as text',
      (p) => (p.cashLoan.principalFen.min = '1000'),
      'cashLoan.principalFen.min is "1000"; it must be an amount in fen',
    ],
    ['money in yuan', (p) => (p.cashLoan.principalFen.min = 10.5), 'cashLoan.principalFen.min is 10.5'],
    [
      'rate as number',
      (p) => (p.revolving.overdueDailyRate = 0.0005),
      'revolving.overdueDailyRate is 0.0005; it must be a daily rate, a decimal as text',
    ],
    ['range', (p) => (p.revolving.limitFen = { min: 5, max: 4 }), 'revolving.limitFen.max is 4, below min 5'],
    ['terms', (p) => (p.cashLoan.termsMonths = [6, 3]), 'cashLoan.termsMonths does not rise'],
    ['no terms', (p) => (p.cashLoan.termsMonths = []), 'cashLoan.termsMonths must be a list of terms in months'],
    [
      'interest first too long',
      (p) => (p.cashLoan.interestFirstMaxMonths = 24),
      'cashLoan.interestFirstMaxMonths is 24; it must be at most a year',
    ],
    [
      'interest first without term',
      (p) => (p.cashLoan.interestFirstMaxMonths = 2),
      'cashLoan.methods offers interest-first, but no term is within 2 months',
    ],
    ['penalty multiplier', (p) => (p.cashLoan.penaltyMultiplier = '2'), 'cashLoan.penaltyMultiplier is "2"'],
    [
      'penalty cap',
      (p) => (p.cashLoan.penaltyAnnualCap = '0.36'),
      'cashLoan.penaltyAnnualCap is "0.36"; it must be within the cost line of 24 %',
    ],
    [
      'annual rate',
      (p) => (p.cashLoan.dailyRate.max = '0.0007'),
      'cashLoan.dailyRate.max is 0.0007 a day, above 0.24 a year (facts 2.5): set at most 0.00065753424657',
    ],
    [
      'a rate that only short months keep within the cost line',
      (p) => (p.cashLoan.dailyRate.max = '0.00065753'),
      'cashLoan.dailyRate.max is 0.00065753 a day, 24.20 % a year for 3 months level from 2026-03-01, above 0.24',
    ],
    [
      "a month's worth that February makes dearer by its days",
      (p) =>
        Object.assign(p.cashLoan, {
          methods: ['level-monthly'],
          termsMonths: [1],
          dailyRate: { min: '0', max: '0.00064' },
        }),
      'cashLoan.dailyRate.max is 0.00064 a day, 24.17 % a year for 1 months level-monthly from 2026-01-30',
    ],
    [
      'a rate that a moved due date lifts above the cost line',
      (p) => Object.assign(p.cashLoan, { dueDateShift: 'next-working-day', dailyRate: { min: '0', max: '0.00064' } }),
      'cashLoan.dailyRate.max is 0.00064 a day,',
    ],
    [
      'a grace of months',
      (p) => (p.cashLoan.graceDays = 60),
      'cashLoan.graceDays is 60; it must be days after a due date',
    ],
    ['a shift that is not known', (p) => (p.cashLoan.dueDateShift = 'previous'), 'cashLoan.dueDateShift is "previous"'],
    [
      'a cap laxer than the law',
      (p) => (p.cost = { annualCap: '0.36', tolerance: '0.000001' }),
      'cost.annualCap is "0.36"; it must be within the cost line of 24 %',
    ],
    [
      'a tolerance that is a rate',
      (p) => (p.cost = { annualCap: '0.24', tolerance: '0.01' }),
      'cost.tolerance is "0.01"',
    ],
    [
      'rates above a stricter cap',
      (p) => (p.cost = { annualCap: '0.18', tolerance: '0.000001' }),
      'revolving.overdueDailyRate is 0.0005 a day, above 0.18 a year',
    ],
    [
      'order with a part twice',
      (p) => (p.revolving.allocationOrder = ['fee', 'fee', 'interest', 'principal']),
      'revolving.allocationOrder names fee twice',
    ],
    [
      'instalments without fees',
      (p) => (p.revolving.instalments.feeRates = {}),
      'revolving.instalments.feeRates must be an object of fee rates by months',
    ],
    [
      'fee rate as number',
      (p) => (p.revolving.instalments.feeRates['12'] = 0.088),
      'revolving.instalments.feeRates.12 is 0.088; it must be a share of the principal',
    ],
    [
      'term in words',
      (p) => (p.revolving.instalments.feeRates['a year'] = '0.088'),
      'revolving.instalments.feeRates.a year is no term: name it by months',
    ],
    [
      'term named twice',
      (p) => (p.revolving.instalments.feeRates['03'] = '0.025'),
      'revolving.instalments.feeRates.03 is no term',
    ],
    [
      'fee above the cost line',
      (p) => (p.revolving.instalments.feeRates['12'] = '0.14'),
      'revolving.instalments.feeRates.12 is 0.14, 24.91 % a year, above 0.24 (facts 2.5)',
    ],
    [
      'nothing large enough to split',
      (p) => (p.revolving.instalments.minimumFen = 5_000_001),
      'revolving.instalments.minimumFen is 5000001, above limitFen.max 5000000',
    ],
    [
      'instalments switched off by null',
      (p) => (p.revolving.instalments = null),
      'revolving.instalments must be an object with feeRates',
    ],
    ['due day', (p) => (p.revolving.billDay = 10), 'revolving.dueDay is 10, not after billDay 10'],
    [
      'quiet too late',
      (p) => (p.notices.quietFrom = '22:30'),
      'notices.quietFrom is 22:30: nobody is contacted from 22:00 on',
    ],
    [
      'quiet over too early',
      (p) => (p.notices.quietUntil = '07:00'),
      'notices.quietUntil is 07:00: nobody is contacted before 08:00',
    ],
    ['quiet in the day', (p) => (p.notices.quietFrom = '07:00'), 'notices.quietFrom is 07:00'],
    ['no such time', (p) => (p.notices.quietFrom = '24:00'), 'notices.quietFrom is "24:00"; it must be HH:MM'],
    [
      'rung at night',
      (p) => (p.notices.afterDue[2].at = '07:59'),
      'notices.afterDue[2].at is 07:59, in the quiet hours 22:00 to 08:00',
    ],
    ['notice at night', (p) => (p.notices.onBill.at = '22:00'), 'notices.onBill.at is 22:00, in the quiet hours'],
    [
      'thanks at night',
      (p) => (p.notices.onPayment = { kind: 'payment-received', at: '07:30' }),
      'notices.onPayment.at is 07:30, in the quiet hours',
    ],
    ['rung twice', (p) => (p.notices.afterDue[1].daysPastDue = 1), 'notices.afterDue names 1 twice'],
    [
      'due today too early',
      (p) => (p.notices.beforeDue[0].kind = 'due-today'),
      'notices.beforeDue[0].kind is due-today at 3 days before',
    ],
    [
      'kind of another step',
      (p) => (p.notices.afterDue[0].kind = 'due-soon'),
      'notices.afterDue[0].kind is "due-soon"; it must be one of overdue-friendly',
    ],
    ['freeze while current', (p) => (p.monitoring.freezeFromBucket = 'M0'), 'monitoring.freezeFromBucket is "M0"'],
    [
      'unknown characteristic',
      (p) => (p.assessment.scorecard.characteristics[0].name = 'age'),
      'assessment.scorecard.characteristics[0].name is "age"; it must be one of monthlyIncomeFen',
    ],
    [
      'characteristic twice',
      (p) => (p.assessment.scorecard.characteristics[1].name = 'monthlyIncomeFen'),
      'assessment.scorecard.characteristics names monthlyIncomeFen twice',
    ],
    [
      'bins out of order',
      (p) => (p.assessment.scorecard.characteristics[0].bins[1].below = 1),
      'assessment.scorecard.characteristics[0].bins do not cover every value once',
    ],
    [
      'bins with an end',
      (p) => (p.assessment.scorecard.characteristics[0].bins.at(-1).below = 9e9),
      'assessment.scorecard.characteristics[0].bins do not cover',
    ],
    [
      'bin without bound',
      (p) => delete p.assessment.scorecard.characteristics[0].bins[0].below,
      'assessment.scorecard.characteristics[0].bins do not cover',
    ],
    [
      'bands unsorted',
      (p) => p.assessment.bands.reverse(),
      'assessment.bands[1].fromPoints is not below the band before it',
    ],
    [
      'better terms for less',
      (p) => (p.assessment.bands[2].incomeMultiple = '8'),
      'assessment.bands[2] has better terms than the band before it',
    ],
    [
      'points without band',
      (p) => p.assessment.bands.pop(),
      'assessment.bands begin at 600: points from referBelowPoints 580 on have no band',
    ],
    [
      'band beyond the rates',
      (p) => (p.assessment.bands[0].dailyRate = '0.0001'),
      'assessment.bands[0].dailyRate is 0.0001, outside cashLoan.dailyRate',
    ],
    [
      'no cap on unsecured credit',
      (p) => (p.assessment.maxUnsecuredFen = 0),
      'assessment.maxUnsecuredFen is 0; it must be an amount in fen',
    ],
    [
      'limit step in yuan',
      (p) => (p.assessment.limitStepFen = 0.01),
      'assessment.limitStepFen is 0.01; it must be an amount in fen',
    ],
    [
      'refer below decline',
      (p) => (p.assessment.referBelowPoints = 540),
      'assessment.referBelowPoints is 540, below declineBelowPoints 550',
    ],
  ];

  it.each(FAULTS)('tells %s', (_, change, says) => {
    expect(faultsAfter(change)).toContain(`- ${says}`);
  });

  it('tells all faults at once', () => {
    const faults = faultsAfter((policy) => {
      policy.revolving.billDay = 28;
      policy.zone.name = '';
    });
    expect(faults.split('\n')).toHaveLength(3);
  });

  it.each([undefined, null, 7, 'policy', []])('refuses %j', (json) => {
    expect(() => parsePolicy(json)).toThrow(/the policy must be an object with version/);
  });
});

describe('default ladder', () => {
  it('warns before anything negative is reported, and only once', () => {
    const warnings = defaultPolicy.notices.afterDue.filter(({ kind }) => kind === 'credit-report-warning');
    expect(warnings.map(({ daysPastDue }) => daysPastDue)).toEqual([15]);
  });
});

describe('templates', () => {
  const LONGEST: NoticeFigures = {
    productName: '月付',
    amountFen: 20_000_000,
    minimumFen: 2_000_000,
    penaltyFen: 999_999,
    dueDate: '2026-12-31',
    daysPastDue: 180,
    month: 12,
    debitAt: '20:00',
  };
  /** A bill is of a revolving account, and its limit at most this. */
  const LONGEST_BILL = { ...LONGEST, amountFen: defaultPolicy.revolving.limitFen.max, minimumFen: 999_999 };
  const longestOf = (name: WordingName) => (noticeKindOf(name) === 'bill-issued' ? LONGEST_BILL : LONGEST);

  it('exist for every wording, reviewed', () => {
    expect(Object.keys(TEMPLATES).sort()).toEqual([...WORDING_NAMES].sort());
    for (const { version, submittedBy, approvedBy } of Object.values(TEMPLATES)) {
      expect(version).toBeGreaterThan(0);
      for (const person of [submittedBy, approvedBy]) expect(person).toMatch(/^staff-\d+$/);
      expect(approvedBy).not.toBe(submittedBy);
    }
  });

  // What is past due is told with the way to help, and the law has us tell the whole of a warning; carriers join two
  // messages to one.
  const LONG = /^(overdue-(factual|formal|final)|credit-report-warning|bill-issued\.past-due)/;

  it.each(WORDING_NAMES)('%s fits its messages, also with its longest figures', (name) => {
    const text = render(TEMPLATES[name].body, SIGNATURE, longestOf(name), { code: HIDDEN_CODE });
    expect({ text, parts: smsParts(text) }).toEqual({ text, parts: LONG.test(name) ? 2 : 1 });
    expect(text.startsWith('【示例消金】')).toBe(true);
  });

  it.each(WORDING_NAMES)('%s has a verification code if it is a bill or a reminder, in the one sentence', (name) => {
    const { body } = TEMPLATES[name];
    expect(body.includes('{code}')).toBe(carriesCode(noticeKindOf(name)));
    if (carriesCode(noticeKindOf(name))) expect(body.endsWith(`。${CODE_SENTENCE}`)).toBe(true);
    // What phones offer to fill in, and what fraudsters ask for.
    expect(body).not.toMatch(/验证码|动态码|登录|密码/);
  });

  const named = (name: WordingName) => [...TEMPLATES[name].body.matchAll(/\{(\w+)\}/g)].map(([, variable]) => variable);

  it.each(WORDING_NAMES)('%s names only variables that it has', (name) => {
    expect(named(name).filter((each) => !variablesOfWording(name).some((allowed) => allowed === each))).toEqual([]);
  });

  it('a loan is asked for no minimum, and who has a mandate is told the hour', () => {
    for (const name of WORDING_NAMES) {
      if (/loan/.test(name)) expect(TEMPLATES[name].body).not.toContain('最低');
      expect(named(name).includes('debitAt')).toBe(/debit/.test(name));
    }
  });

  it.each(WORDING_NAMES.filter((name) => /^(bill|due|overdue|credit)/.test(name) && !/loan/.test(name)))(
    '%s names the minimum',
    (name) => {
      expect(named(name)).toContain('minimum');
    },
  );

  // Facts 2.2 (no marketing), 3.1 (words that carriers refuse, no opt-out line), 2.1 (no threats).
  const REFUSED =
    /贷款|催收|催款|逾期|提额|退订|拒收|优惠|利率低|立即申请|起诉|法院|公安|黑名单|后果|严重|强制|https?:|www\.|\d{7,}/;

  it.each(WORDING_NAMES)('%s has no refused word, link, number, threat or marketing', (name) => {
    expect(TEMPLATES[name].body).not.toMatch(REFUSED);
    expect(/征信/.test(TEMPLATES[name].body)).toBe(noticeKindOf(name) === 'credit-report-warning');
  });

  it.each(WORDING_NAMES.filter((name) => LONG.test(name) || name === 'overdue-friendly'))(
    '%s tells the way to help',
    (name) => {
      expect(TEMPLATES[name].body).toMatch(/APP.*申请|商定.*APP|困难.*APP/);
    },
  );
});
