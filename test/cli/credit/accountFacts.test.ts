/** Facts files: what a line may be, by the reader and by the published schema alike, and what is refused across lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFactsFile } from '../../../src/cli/credit/accountFactsFile';
import { lineJsonSchema } from '../../../src/cli/credit/accountFactsSchema';
import type { FactKind } from '../../../src/domain/credit/facts';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays, isIsoDate } from '../../../src/domain/values/calendar';
import { fits } from '../../support/jsonSchema';

const PUBLISHED = JSON.parse(readFileSync(join(__dirname, '../../../docs/schemas/account-facts.schema.json'), 'utf8'));

const LOAN = { product: 'cash-loan', principalFen: 1_000_000, dailyRate: '0.0004', months: 6, method: 'level' };
const LOAN_TERMS = { terms: { ...LOAN, startDate: '2026-01-15' } };
const CARD_TERMS = { terms: { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 } };

const PAYMENT = { kind: 'paid', key: 'payment/1', valueDate: '2026-04-08', amountFen: 100, intent: 'instalment' };
const HELD = {
  kind: 'purchased',
  key: 'purchase/1',
  valueDate: '2026-03-12',
  amountFen: 500,
  awaitsConfirmation: true,
};
const PLAN = {
  kind: 'instalment-started',
  key: 'plan/1',
  valueDate: '2026-04-03',
  principalFen: 300_000,
  months: 3,
  feeFen: 0,
};
const WRITE_OFF = { kind: 'written-off', key: 'write-off', valueDate: '2026-12-01', decidedBy: ['staff-1', 'staff-2'] };

/** One good line of each kind, with every field it may have. */
const GOOD: Record<FactKind, object> = {
  disbursed: { kind: 'disbursed', key: 'disbursement', valueDate: '2026-01-15', amountFen: 1_000_000 },
  opened: { kind: 'opened', key: 'opening', valueDate: '2026-03-05', limitFen: 1_000_000 },
  purchased: HELD,
  confirmed: { kind: 'confirmed', key: 'confirmation/1', valueDate: '2026-03-20', purchaseKey: 'purchase/1' },
  refunded: { kind: 'refunded', key: 'refund/1', valueDate: '2026-03-20', amountFen: 1, purchaseKey: 'purchase/1' },
  paid: { ...PAYMENT, intent: 'payoff', designatedInstalment: 2, arrivedOn: '2026-04-11' },
  reversed: { kind: 'reversed', key: 'reversal/1', valueDate: '2026-04-12', reverses: 'payment/1' },
  'rate-corrected': {
    kind: 'rate-corrected',
    key: 'rate/1',
    valueDate: '2026-04-12',
    dailyRate: '0',
    revolvingDailyRate: '0.0003',
    overdueDailyRate: '1',
  },
  'instalment-started': { ...PLAN, statementNumber: 1 },
  'instalment-settled': {
    kind: 'instalment-settled',
    key: 'settled/1',
    valueDate: '2026-04-12',
    planKey: 'plan/1',
    waivesFee: false,
  },
  'credit-returned': { kind: 'credit-returned', key: 'return/1', valueDate: '2026-04-12', amountFen: 1 },
  restructured: { kind: 'restructured', key: 'new/1', valueDate: '2026-04-12', months: 360, dailyRate: '0.0003' },
  frozen: { kind: 'frozen', key: 'freeze/1', valueDate: '2026-04-12', reason: 'WORSE_BUCKET' },
  lifted: { kind: 'lifted', key: 'lift/1', valueDate: '2026-04-12', reason: '样' },
  'written-off': WRITE_OFF,
};

/** A line that is bad by its shape, and the fault that the reader tells. */
const BAD: [line: unknown, fault: string][] = [
  [[1], 'the line is [1]'],
  ['text', 'the line is "text"'],
  [null, 'the line is null'],
  [{}, 'kind is missing'],
  [{ ...PAYMENT, kind: 'payed' }, 'kind is "payed"'],
  [{ ...PAYMENT, kind: 'toString' }, 'kind is "toString"'],
  [{ ...PAYMENT, key: undefined }, 'key is missing'],
  [{ ...PAYMENT, key: 'interest/1' }, 'key is "interest/1"'],
  [{ ...PAYMENT, key: 'credit-applied/2' }, 'key is "credit-applied/2"'],
  [{ ...PAYMENT, key: 'payment 1' }, 'key is "payment 1"'],
  [{ ...PAYMENT, valueDate: '2026-02-29' }, 'valueDate is "2026-02-29"'],
  [{ ...PAYMENT, valueDate: '2026-4-8' }, 'valueDate is "2026-4-8"'],
  [{ ...PAYMENT, valueDate: '1899-12-31' }, 'valueDate is "1899-12-31"'],
  [{ ...PAYMENT, arrivedOn: null }, 'arrivedOn is null'],
  [{ ...PAYMENT, amountFen: 0 }, 'amountFen is 0'],
  [{ ...PAYMENT, amountFen: -5 }, 'amountFen is -5'],
  [{ ...PAYMENT, amountFen: 12.5 }, 'amountFen is 12.5'],
  [{ ...PAYMENT, amountFen: '100' }, 'amountFen is "100"'],
  [{ ...PAYMENT, amountFen: 100_000_000_001 }, 'amountFen is 100000000001'],
  [{ ...PAYMENT, intent: 'gift' }, 'intent is "gift"'],
  [{ ...PAYMENT, designatedInstalment: 0 }, 'designatedInstalment is 0'],
  [{ ...PAYMENT, amount: 100 }, 'amount is not known here'],
  [{ ...HELD, billableFrom: '2026-03-12' }, 'billableFrom is not known here'],
  [{ ...HELD, awaitsConfirmation: false }, 'awaitsConfirmation is false'],
  [{ ...PLAN, feeFen: -1 }, 'feeFen is -1'],
  [{ ...PLAN, months: 0 }, 'months is 0'],
  [{ ...GOOD['rate-corrected'], dailyRate: 0.0004 }, 'dailyRate is 0.0004'],
  [{ ...GOOD['rate-corrected'], dailyRate: '1.1' }, 'dailyRate is "1.1"'],
  [{ ...GOOD['instalment-settled'], waivesFee: 'no' }, 'waivesFee is "no"'],
  [{ ...GOOD.frozen, reason: '' }, 'reason is ""'],
  [{ ...WRITE_OFF, decidedBy: ['staff-1'] }, 'decidedBy is ["staff-1"]'],
  [{ ...WRITE_OFF, decidedBy: ['staff-1', 2] }, 'decidedBy.1 is 2'],
  [{ ...LOAN_TERMS, note: 'x' }, 'note is not known here'],
  [{ terms: { ...LOAN_TERMS.terms, dueDay: 10 } }, 'terms.dueDay is not known here'],
  [{ terms: LOAN }, 'terms.startDate is missing'],
  [{ terms: { ...LOAN_TERMS.terms, product: 'car-loan' } }, 'terms.product is "car-loan"'],
  [{ terms: { ...LOAN_TERMS.terms, dueDates: [] } }, 'terms.dueDates is []'],
  [{ terms: { ...CARD_TERMS.terms, dueDay: 29 } }, 'terms.dueDay is 29'],
  [{ ...CARD_TERMS, policy: [] }, 'policy is []'],
  [{ policy: {} }, 'terms.product is missing'],
];

function faultsOf(...lines: unknown[]): string[] {
  return faultsOfText(lines.map((line) => JSON.stringify(line)).join('\n'));
}

function faultsOfText(text: string): string[] {
  return readFactsFile(text, defaultPolicy).faults.map(({ line, field, fault }) => `${line}: ${field} ${fault}`);
}

describe('one line', () => {
  it('the published schema is the one that the reader has', () => {
    expect(PUBLISHED).toEqual(JSON.parse(JSON.stringify(lineJsonSchema())));
  });

  it.each(Object.entries(GOOD))('%s: good for the schema and the reader', (_, line) => {
    expect(fits(line, PUBLISHED)).toBe(true);
    expect(shapeFaultsOf(line)).toEqual([]);
  });

  it.each([LOAN_TERMS, CARD_TERMS, { ...CARD_TERMS, policy: { billDay: 2 } }])('terms: good for both', (line) => {
    expect(fits(line, PUBLISHED)).toBe(true);
    expect(faultsOf(line)).toEqual([]);
  });

  it.each(BAD)('bad for both: %j', (line, fault) => {
    expect(fits(JSON.parse(JSON.stringify(line)), PUBLISHED)).toBe(false);
    expect(shapeFaultsOf(line)).toEqual([fault]);
  });

  it('knows real dates as the calendar does, in every year', () => {
    const dates = fc.integer({ min: 0, max: 109_571 }).map((days) => addDays('1900-01-01', days));
    const texts = fc
      .tuple(fc.integer({ min: 1900, max: 2199 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
      .map(([year, ...rest]) => [year, ...rest.map((part) => String(part).padStart(2, '0'))].join('-'));
    const leapDays = fc.integer({ min: 1900, max: 2199 }).map((year) => `${year}-02-29`);
    fc.assert(
      fc.property(fc.oneof(dates, texts, leapDays), (valueDate) => {
        expect(fits({ ...PAYMENT, valueDate }, PUBLISHED)).toBe(isIsoDate(valueDate));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The faults of a line by itself, next to bad terms and to bad lines of what it may name: nothing is said across them. */
function shapeFaultsOf(line: unknown): string[] {
  const named = ['payment/1', 'purchase/1', 'plan/1'].map((key) => ({ kind: 'bad', key }));
  const faults = faultsOf(line, { terms: 1 }, ...named);
  return faults.filter((fault) => fault.startsWith('1: ')).map((fault) => fault.slice(3));
}

describe('a whole file', () => {
  it('takes blank lines, other line ends and a byte order mark', () => {
    const text = [JSON.stringify(LOAN_TERMS), '', JSON.stringify(PAYMENT), ''].join('\r\n');
    const { value } = readFactsFile(`\uFEFF${text}`, defaultPolicy);
    expect(value?.arrivals.map(({ fact }) => fact.key)).toEqual(['disbursement', 'payment/1']);
  });

  it('counts the same fact once, by its first arrival', () => {
    const again = { arrivedOn: '2026-04-20', ...Object.fromEntries(Object.entries(PAYMENT).reverse()) };
    for (const lines of [
      [PAYMENT, again],
      [again, PAYMENT],
    ]) {
      const text = [LOAN_TERMS, ...lines].map((line) => JSON.stringify(line)).join('\n');
      const { value } = readFactsFile(text, defaultPolicy);
      expect(value?.arrivals.filter(({ fact }) => fact.key === 'payment/1')).toMatchObject([
        { arrivedOn: '2026-04-08' },
      ]);
    }
  });

  it('tells a payment of our own debit by its key and its source, and never by one of them', () => {
    const key = 'payment/debit:a-1.instalment-1.1';
    expect(faultsOf(LOAN_TERMS, { ...PAYMENT, key, source: 'debit' })).toEqual([]);
    expect(faultsOf(LOAN_TERMS, { ...PAYMENT, key })).toEqual([expect.stringMatching(/^2: key is .*own debits/)]);
    expect(faultsOf(LOAN_TERMS, { ...PAYMENT, source: 'debit' })).toEqual([
      expect.stringMatching(/^2: source is debit/),
    ]);
  });

  it('bounds refunds by what had been bought when they came, as the service does', () => {
    const bought = { kind: 'purchased', key: 'purchase/7', valueDate: '2026-03-12', amountFen: 500 };
    const back = { kind: 'refunded', key: 'refund/7', valueDate: '2026-03-14', amountFen: 500 };
    expect(faultsOf(CARD_TERMS, back, bought)).toEqual([]);
    expect(faultsOf(CARD_TERMS, back)).toEqual(['2: amountFen is 500, more than is left of what was bought']);
    const above = { ...back, amountFen: 501, purchaseKey: 'purchase/7' };
    expect(faultsOf(CARD_TERMS, bought, above)).toEqual([
      '3: amountFen is 501, more than is left of the purchase that it names',
    ]);
    const later = { ...bought, arrivedOn: '2026-03-20' };
    expect(faultsOf(CARD_TERMS, later, back)).toEqual(['3: amountFen is 500, more than is left of what was bought']);
    expect(faultsOf(CARD_TERMS, later, { ...back, arrivedOn: '2026-03-20' })).toEqual([]);
    const early = { ...back, valueDate: '2026-03-10', arrivedOn: '2026-03-20' };
    expect(faultsOf(CARD_TERMS, bought, early)).toEqual([expect.stringMatching(/^3: valueDate is 2026-03-10, when/)]);
  });

  it('keeps an opening that is given, and adds one that is not', () => {
    const opening = { kind: 'opened', key: 'o-1', valueDate: '2026-03-05', limitFen: 1_000_000 };
    const keysOf = (...lines: object[]) =>
      readFactsFile(lines.map((line) => JSON.stringify(line)).join('\n'), defaultPolicy).value?.arrivals.map(
        ({ fact }) => fact.key,
      );
    expect(keysOf(CARD_TERMS, opening)).toEqual(['o-1']);
    expect(keysOf(CARD_TERMS)).toEqual(['opening']);
  });

  it('lays what the file changes of the policy over the one in use', () => {
    const text = JSON.stringify({ ...CARD_TERMS, policy: { minimumPaymentRatio: '0.2', billDay: 3 } });
    const { value } = readFactsFile(text, defaultPolicy);
    expect(value?.overrides).toEqual(['billDay', 'minimumPaymentRatio']);
    expect(value?.policy.revolving).toEqual({ ...defaultPolicy.revolving, minimumPaymentRatio: '0.2', billDay: 3 });
    expect(value?.policy.cashLoan).toEqual(defaultPolicy.cashLoan);
  });

  it('tells every bad line by its number, and no fault that only follows from one', () => {
    const text = [
      JSON.stringify(CARD_TERMS),
      '{"kind": "paid",',
      JSON.stringify({ ...PAYMENT, amountFen: 1.5 }),
      JSON.stringify({ kind: 'reversed', key: 'reversal/1', valueDate: '2026-04-12', reverses: 'payment/1' }),
      JSON.stringify({ kind: 'reversed', key: 'reversal/2', valueDate: '2026-04-12', reverses: 'payment/2' }),
      '[]',
    ].join('\n');
    expect(faultsOfText(text)).toEqual([
      '2: the line is not JSON: "{\\"kind\\": \\"paid\\","',
      '3: amountFen is 1.5',
      '5: reverses is "payment/2", which is no payment of this file',
      '6: the line is []',
    ]);
  });

  it.each<[string, string, string[]]>([
    [
      'a field twice',
      '{"kind":"paid","key":"payment/1","valueDate":"2026-04-08","amountFen":1,"intent":"instalment","amountFen":173759}',
      ['2: amountFen is given twice on this line'],
    ],
    [
      'a field twice, once by its code',
      '{"kind":"paid","key":"payment/1","valueDate":"2026-04-08","amountFen":1,"intent":"instalment","\\u0061mountFen":1}',
      ['2: amountFen is given twice on this line'],
    ],
    [
      'an amount that is read as another one',
      '{"kind":"paid","key":"payment/1","valueDate":"2026-04-08","amountFen":173759.00000000001,"intent":"instalment"}',
      ['2: amountFen is 173759.00000000001, which would be read as 173759'],
    ],
    [
      'an amount above what is exact',
      '{"kind":"paid","key":"payment/1","valueDate":"2026-04-08","amountFen":9007199254740993,"intent":"instalment"}',
      ['2: amountFen is 9007199254740993, which would be read as 9007199254740992'],
    ],
    [
      'an exponent that says another number',
      '{"kind":"paid","key":"payment/1","valueDate":"2026-04-08","amountFen":17375900000000001e-11,"intent":"instalment"}',
      ['2: amountFen is 17375900000000001e-11, which would be read as 173759'],
    ],
  ])('refuses %s by line and field', (_, line, found) => {
    const reversal = { kind: 'reversed', key: 'reversal/1', valueDate: '2026-04-12', reverses: 'payment/1' };
    expect(faultsOfText(`${JSON.stringify(LOAN_TERMS)}\n${line}\n${JSON.stringify(reversal)}`)).toEqual(found);
  });

  it('refuses terms that say a thing twice or inexactly, wherever they say it', () => {
    const text = JSON.stringify({ ...CARD_TERMS, policy: { billDay: 3, minimumPaymentFloorFen: 5 } });
    const twice = text.replace('"dueDay":10', '"dueDay":10,"dueDay":12').replace(':5}', ':5.00000000000000001}');
    expect(faultsOfText(twice)).toEqual([
      '1: terms.dueDay is given twice on this line',
      '1: policy.minimumPaymentFloorFen is 5.00000000000000001, which would be read as 5',
    ]);
  });

  it('takes whole numbers in whatever form they are written', () => {
    const line = JSON.stringify(PAYMENT).replace('"amountFen":100', '"amountFen":1.00e2');
    expect(faultsOfText(`${JSON.stringify(LOAN_TERMS)}\n${line}`)).toEqual([]);
  });

  it('refuses more facts than an account can have', () => {
    const payments = Array.from({ length: 50_001 }, (_, index) => ({ ...PAYMENT, key: `payment/${index}` }));
    expect(faultsOf(LOAN_TERMS, ...payments.slice(1))).toEqual([]);
    expect(faultsOf(LOAN_TERMS, ...payments)).toEqual(['50002: the line is fact 50001 of 50001']);
  });

  it.each<[string, object[], string[]]>([
    ['no terms', [PAYMENT], ['1: terms is missing in the whole file']],
    ['terms twice', [CARD_TERMS, PAYMENT, LOAN_TERMS], ['3: terms is on line 1 already']],
    [
      'a key with other content',
      [LOAN_TERMS, PAYMENT, { ...PAYMENT, amountFen: 101 }],
      ['3: key is "payment/1", which is on line 2 with other content'],
    ],
    ['a purchase of a cash loan', [LOAN_TERMS, HELD], ['2: kind is purchased, which a cash loan does not know']],
    [
      'the disbursement of a revolving account',
      [CARD_TERMS, GOOD.disbursed],
      [
        '2: valueDate is 2026-01-15, before the start of the account 2026-03-05',
        '2: kind is disbursed, which a revolving account does not know',
      ],
    ],
    [
      'a prepayment of a revolving account',
      [CARD_TERMS, { ...PAYMENT, intent: 'prepay-shorter-term', designatedInstalment: 1 }],
      ['2: intent is prepay-shorter-term, which is for cash loans alone', '2: designatedInstalment is 1'],
    ],
    [
      'rates of the other product',
      [LOAN_TERMS, GOOD['rate-corrected']],
      ['2: revolvingDailyRate is "0.0003"', '2: overdueDailyRate is "1"'],
    ],
    [
      'no rate',
      [LOAN_TERMS, { kind: 'rate-corrected', key: 'rate/1', valueDate: '2026-04-12' }],
      ['2: dailyRate is missing, and so are the other rates'],
    ],
    [
      'a fact before the start',
      [LOAN_TERMS, { ...PAYMENT, valueDate: '2026-01-14' }],
      ['2: valueDate is 2026-01-14, before the start of the account 2026-01-15'],
    ],
    [
      'an arrival before its date',
      [LOAN_TERMS, { ...PAYMENT, arrivedOn: '2026-04-07' }],
      ['2: arrivedOn is 2026-04-07, before valueDate 2026-04-08'],
    ],
    [
      'an opening that the terms do not say',
      [LOAN_TERMS, { ...GOOD.disbursed, amountFen: 999, valueDate: '2026-01-16' }],
      [
        '2: valueDate is "2026-01-16", and the terms say "2026-01-15"',
        '2: amountFen is 999, and the terms say 1000000',
      ],
    ],
    [
      'two openings',
      [LOAN_TERMS, GOOD.disbursed, { ...GOOD.disbursed, key: 'd-2' }],
      ['3: kind is disbursed, which is on line 2 already'],
    ],
    [
      'the key of the opening',
      [LOAN_TERMS, { ...PAYMENT, key: 'disbursement' }],
      ['2: key is "disbursement", the key of the disbursed fact that the terms stand for'],
    ],
    [
      'a bounce before its payment',
      [LOAN_TERMS, PAYMENT, { ...GOOD.reversed, valueDate: '2026-04-07' }],
      ['3: valueDate is 2026-04-07, before that of payment/1 on line 2'],
    ],
    [
      'the bounce of something else',
      [CARD_TERMS, HELD, { ...GOOD.reversed, reverses: 'purchase/1' }],
      ['3: reverses is "purchase/1", which is no payment of this file'],
    ],
    [
      'a confirmation of nothing held',
      [CARD_TERMS, { ...HELD, awaitsConfirmation: undefined }, GOOD.confirmed],
      ['3: purchaseKey is "purchase/1", which waits for no confirmation (line 2)'],
    ],
    [
      'a confirmation that is told before its purchase',
      [CARD_TERMS, { ...HELD, arrivedOn: '2026-03-25' }, GOOD.confirmed],
      ['3: arrivedOn is 2026-03-20, before that of purchase/1 on line 2'],
    ],
    [
      'a refund of a purchase that is not there',
      [CARD_TERMS, GOOD.refunded],
      ['2: purchaseKey is "purchase/1", which is no purchase of this file'],
    ],
    [
      'the end of a plan that is not there',
      [CARD_TERMS, GOOD['instalment-settled']],
      ['2: planKey is "plan/1", which is no instalment plan of this file'],
    ],
    [
      'a plan of a bill that is not issued by then',
      [CARD_TERMS, { ...GOOD['instalment-started'], valueDate: '2026-04-20', statementNumber: 2 }],
      ['2: statementNumber is 2, and on 2026-04-20 there is bill 1'],
    ],
    [
      'a plan of a bill before the first',
      [CARD_TERMS, { ...GOOD['instalment-started'], valueDate: '2026-03-20', statementNumber: 1 }],
      ['2: statementNumber is 1, and on 2026-03-20 there is no bill'],
    ],
    [
      'a second bounce of a payment',
      [LOAN_TERMS, PAYMENT, GOOD.reversed, { ...GOOD.reversed, key: 'reversal/2' }],
      ['4: reverses is "payment/1", which line 3 names already'],
    ],
    [
      'a second confirmation',
      [CARD_TERMS, HELD, { ...GOOD.confirmed, key: 'confirmation/2', valueDate: '2026-03-25' }, GOOD.confirmed],
      ['3: purchaseKey is "purchase/1", which line 4 names already'],
    ],
    [
      'a confirmation of what was given back',
      [CARD_TERMS, HELD, { ...GOOD.refunded, valueDate: '2026-03-18', amountFen: HELD.amountFen }, GOOD.confirmed],
      ['4: purchaseKey is "purchase/1", all of which was given back before'],
    ],
    [
      'a second end of a plan',
      [
        CARD_TERMS,
        GOOD['instalment-started'],
        GOOD['instalment-settled'],
        { ...GOOD['instalment-settled'], key: 'settled/2', valueDate: '2026-06-20' },
      ],
      ['4: planKey is "plan/1", which line 3 names already'],
    ],
    [
      'a second write-off',
      [LOAN_TERMS, WRITE_OFF, { ...WRITE_OFF, key: 'write-off/2' }],
      ['3: kind is "written-off", which line 2 names already'],
    ],
    [
      'a write-off by one person',
      [LOAN_TERMS, { ...WRITE_OFF, decidedBy: ['staff-1', 'staff-1'] }],
      ['2: decidedBy names staff-1 twice'],
    ],
    [
      'due dates that do not fit the months, or do not rise',
      [{ terms: { ...LOAN_TERMS.terms, dueDates: ['2026-02-16'] } }],
      ['1: terms.dueDates has 1 dates for 6 months'],
    ],
    [
      'due dates before the start',
      [{ terms: { ...LOAN_TERMS.terms, months: 2, dueDates: ['2026-01-15', '2026-02-16'] } }],
      ['1: terms.dueDates does not rise from the start on'],
    ],
    [
      'a due day that is not after the bill day',
      [{ terms: { ...CARD_TERMS.terms, dueDay: 1 } }],
      ['1: terms.dueDay is 1, not after the bill day 1'],
    ],
    [
      'a policy that the gate of policies refuses',
      [{ ...CARD_TERMS, policy: { minimumPaymentRatio: '2' } }],
      [
        '1: policy.minimumPaymentRatio is "2"; it must be a share of the billed principal, a decimal as text from 0.01 to 1: set for example "0.1"',
      ],
    ],
  ])('refuses %s', (_, lines, faults) => {
    expect(faultsOf(...lines)).toEqual(faults);
    expect(readFactsFile(lines.map((line) => JSON.stringify(line)).join('\n'), defaultPolicy).value).toBeUndefined();
  });
});
