/** Of any notice: rendered and untouched it passes; with any one character changed it never does. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeMessages } from '../../../../src/domain/messaging/guard/anomalyGuard';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import type { NoticeKind } from '../../../../src/domain/policy/lendingPolicy';
import { TEMPLATES } from '../../../../src/domain/policy/shippedTemplates';
import { addDays } from '../../../../src/domain/values/calendar';
import { CODE, evidenceOf, messageOf, TODAY, templateOf } from './guardCases';

/** What each kind promises today, and when it is due. */
const PROMISES: Record<NoticeKind, [dedupeKey: string, daysPastDue: number]> = {
  'loan-disbursed': ['loan-disbursed', -30],
  'bill-issued': ['bill-issued/statement-7', -20],
  'due-soon': ['due-soon/instalment-3/3', -3],
  'due-today': ['due-today/instalment-3/0', 0],
  'overdue-friendly': ['overdue/instalment-3/1', 1],
  'overdue-factual': ['overdue/instalment-3/7', 7],
  'credit-report-warning': ['overdue/instalment-3/15', 15],
  'overdue-formal': ['overdue/instalment-3/30', 30],
  'overdue-final': ['overdue/instalment-3/90', 90],
  'payment-received': ['payment-received/payment/p1', -30],
  'phone-changed': ['phone-changed/2/1', 0],
  'account-settled': [`account-settled/${TODAY}`, -30],
};

/** With thanks for payments, which the default policy does not plan. */
const LADDER = { ...defaultPolicy.notices, onPayment: { kind: 'payment-received', at: '08:00' } } as const;
const KINDS = Object.keys(PROMISES) as (keyof typeof PROMISES)[];

const anyNotice = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    withCode: fc.boolean(),
    amountFen: fc.integer({ min: 0, max: 99_999_999 }),
    penaltyFen: fc.integer({ min: 0, max: 999_999 }),
    productName: fc.constantFrom('借款', '月付'),
    month: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ kind, withCode, amountFen, penaltyFen, productName, month }) => {
    const [dedupeKey, daysPastDue] = PROMISES[kind];
    const dueDate = addDays(TODAY, -daysPastDue);
    const body = `${TEMPLATES[kind].body}${withCode ? '核验码{code}。' : ''}`;
    const template = templateOf(kind, { body });
    const figures = { productName, amountFen, minimumFen: amountFen, penaltyFen, dueDate, daysPastDue, month };
    const code = body.includes('{code}') ? CODE : undefined;
    const message = messageOf({ kind, dedupeKey, code, figures, ladder: LADDER }, template);
    const evidence = evidenceOf({ templates: [template] });
    return { message, evidence };
  });

it('lets every rendered text pass', () => {
  fc.assert(
    fc.property(anyNotice, ({ message, evidence }) => {
      expect(judgeMessages(evidence, [message]).judgements).toEqual([
        { noticeId: message.noticeId, verdict: 'pass', findings: [] },
      ]);
    }),
    { numRuns: 500 },
  );
});

/** What an attacker would put there: digits, their look-alikes, hidden signs, other characters. */
const CHARACTERS = [...'0123456789０１，,.。·元万日天还逾期款APPaАΑ一二〇 \u200b\u200d\u202e\u3000'];
const anyEdit = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'insert', 'remove'),
  character: fc.oneof(fc.constantFrom(...CHARACTERS), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
});

it('lets no text pass that one edit has changed, in a fixed part or a figure', () => {
  fc.assert(
    fc.property(anyNotice, anyEdit, ({ message, evidence }, { place, how, character }) => {
      const at = place % message.text.length;
      const rest = message.text.slice(how === 'insert' ? at : at + 1);
      const text = `${message.text.slice(0, at)}${how === 'remove' ? '' : character}${rest}`;
      fc.pre(text !== message.text);
      expect(judgeMessages(evidence, [{ ...message, text }]).judgements[0]?.verdict).toBe('hold');
    }),
    { numRuns: 1000 },
  );
});

it('lets no text pass whose amount the books do not have', () => {
  fc.assert(
    fc.property(anyNotice, fc.integer({ min: 1, max: 1_000_000 }), ({ message, evidence }, moreFen) => {
      fc.pre(message.text.includes('.'));
      const amountFen = (message.figures.amountFen ?? 0) + moreFen;
      const books = { ...message.figures, amountFen, penaltyFen: amountFen, minimumFen: amountFen };
      const [judgement] = judgeMessages(evidence, [{ ...message, figures: books }]).judgements;
      expect(judgement?.findings.map(({ rule }) => rule)).toContain('figures');
    }),
    { numRuns: 300 },
  );
});

it('never says what is in a text', () => {
  fc.assert(
    fc.property(anyNotice, ({ message, evidence }) => {
      const text = `${message.text}13800000000`;
      const told = JSON.stringify(judgeMessages(evidence, [{ ...message, text }]));
      expect(told).not.toContain('13800000000');
      expect(told).not.toContain(message.text);
    }),
    { numRuns: 100 },
  );
});
