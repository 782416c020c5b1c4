/**
 * One schema per message: whoever speaks HTTP and whoever speaks Temporal hear the same verdict on the same input, with
 * the same field, fault and fix. The doors are the real ones: the schema of the route, and the validator of the update.
 */
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import * as bodies from '../../../src/api/credit/accountBodies';
import { mandateBody, rateCorrectionBody } from '../../../src/api/credit/accountChangeRoutes';
import { faultsOf } from '../../../src/api/http/validation';
import * as incidentBodies from '../../../src/api/incidents/incidentSchemas';
import * as templateBodies from '../../../src/api/messaging/templateSchemas';
import { cashLoanAcceptance, objectionBody, referralDecisionBody, revolvingAcceptance } from '../../../src/api/schemas';
import * as account from '../../../src/contracts/credit/accountSchemas';
import { rateCorrection } from '../../../src/contracts/credit/rateCorrection';
import { debitMandateChange } from '../../../src/contracts/debits/debitMandate';
import * as incident from '../../../src/contracts/incidents/incidentSchemas';
import * as template from '../../../src/contracts/messaging/templateReviewSchemas';
import * as application from '../../../src/contracts/origination/applicationSchemas';
import type { Field } from '../../../src/contracts/schema';
import { validatedBy } from '../../../src/workflows/refusedUpdate';

interface Doors {
  body: z.ZodType;
  message: Field;
  /** Every field of the message that HTTP has as well, and those that its path or the API say. */
  sample: Record<string, unknown>;
  /** Fields that the API fills in where they are left out. */
  filledIn?: string[];
  /** What another route says. */
  elsewhere?: object;
}

const hash = '0123456789abcdef'.repeat(4);
const costSheet = { hash, confirmedBy: 'member-77', confirmedAt: '2026-07-01T10:20:00+08:00' };
const DAY = '2026-07-10';
const BY = { filledIn: ['by'] };

const DOORS: Record<string, Doors> = {
  paymentReceived: {
    body: bodies.paymentBody,
    message: account.payment,
    filledIn: ['paidOn', 'intent'],
    sample: { paymentId: 'p-1', amountFen: 1, paidOn: DAY, intent: 'payoff', designatedInstalment: 2 },
  },
  paymentReversed: {
    body: bodies.reversalBody,
    message: account.paymentReversal,
    filledIn: ['reversedOn'],
    sample: { reversalId: 'v-1', paymentId: 'p-1', reversedOn: DAY },
  },
  refundReceived: {
    body: bodies.refundBody,
    message: account.refund,
    filledIn: ['refundedOn'],
    sample: { refundId: 'r-1', amountFen: 1, refundedOn: DAY, purchaseId: 'o-1' },
  },
  purchaseConfirmed: {
    body: bodies.confirmationBody,
    message: account.purchaseConfirmation,
    filledIn: ['confirmedOn'],
    sample: { confirmationId: 'c-1', purchaseId: 'o-1', confirmedOn: DAY },
  },
  authorisePurchase: {
    body: bodies.purchaseBody,
    message: account.purchase,
    filledIn: ['purchasedOn'],
    sample: { purchaseId: 'o-1', amountFen: 1, purchasedOn: DAY, posting: 'at-payment' },
  },
  approvePurchase: {
    body: bodies.purchaseApprovalBody,
    message: account.purchaseApproval,
    filledIn: ['decidedBy'],
    sample: { approvalId: 'ap-1', purchaseId: 'o-1', amountFen: 1, decidedBy: 'staff-1', reason: 'a car' },
  },
  returnCredit: {
    body: bodies.creditReturnBody,
    message: account.creditReturn,
    filledIn: ['returnedOn'],
    sample: { returnId: 't-1', amountFen: 1, returnedOn: DAY },
  },
  correctRate: {
    body: rateCorrectionBody,
    message: rateCorrection,
    filledIn: ['decidedBy'],
    sample: { correctionId: 'rc-1', from: DAY, dailyRate: '0.0004', decidedBy: 'staff-1' },
  },
  restructureLoan: {
    body: bodies.restructuringBody,
    message: account.restructuring,
    filledIn: ['agreedOn'],
    sample: { restructuringId: 's-1', agreedOn: DAY, months: 24, dailyRate: '0.0003' },
  },
  approveRestructuring: {
    body: bodies.approvalBody,
    message: account.restructuringApproval,
    sample: { restructuringId: 's-1' },
  },
  decideWriteOff: {
    body: bodies.writeOffDecisionBody,
    message: account.writeOffDecision,
    filledIn: ['decidedBy'],
    sample: { decision: 'write-off', decidedBy: 'staff-1', reason: 'no answer' },
  },
  setDebitMandate: {
    body: mandateBody,
    message: debitMandateChange,
    filledIn: ['agreedOn'],
    elsewhere: { mandateId: null },
    sample: { changeId: 'm-1', mandateId: 'mandate-77', agreedOn: DAY },
  },
  startInstalments: {
    body: bodies.instalmentStartBody,
    message: account.instalmentStart,
    filledIn: ['feePayer', 'startedOn'],
    sample: {
      planId: 'plan-1',
      statementNumber: 3,
      principalFen: 300_000,
      months: 12,
      feePayer: 'borrower',
      startedOn: DAY,
      costSheet,
    },
  },
  settleInstalments: {
    body: bodies.instalmentSettlementBody,
    message: account.instalmentSettlement,
    filledIn: ['settledOn'],
    sample: { settlementId: 'settle-1', planId: 'plan-1', settledOn: DAY },
  },
  decideReferral: {
    body: referralDecisionBody,
    message: application.referralDecision,
    filledIn: ['decidedBy'],
    sample: {
      decision: 'approve',
      decidedBy: 'staff-1',
      reason: 'seen',
      proved: { finances: { monthlyIncomeFen: 1_000_000 }, behaviour: { refundRatio: '0.1' } },
    },
  },
  objectToDecision: {
    body: objectionBody,
    message: application.objection,
    sample: { key: 'k-1', objectedBy: 'on-behalf', reason: 'the debt was paid' },
  },
  'acceptOffer of a cash loan': {
    body: cashLoanAcceptance,
    message: application.cashLoanAcceptance,
    filledIn: ['acceptedOn'],
    sample: {
      product: 'cash-loan',
      key: 'k-1',
      acceptedOn: DAY,
      principalFen: 1,
      months: 12,
      method: 'level',
      costSheet,
    },
  },
  'acceptOffer of an account': {
    body: revolvingAcceptance,
    message: application.revolvingAcceptance,
    filledIn: ['acceptedOn'],
    sample: { product: 'revolving', key: 'k-1', acceptedOn: DAY, dueDay: 10, costSheet },
  },
  'an opening of an incident': {
    body: incidentBodies.incidentBody,
    message: incident.personalOpening,
    filledIn: ['by'],
    sample: {
      by: 'staff-1',
      measures: ['notices', 'draws'],
      scope: { product: 'cash-loan', region: '51' },
      reasonCode: 'WRONG_AMOUNTS',
      remedyChannel: 'hotline',
    },
  },
  acknowledge: { body: incidentBodies.personBody, message: incident.acknowledgement, sample: { by: 'staff-1' }, ...BY },
  changeMeasures: {
    body: incidentBodies.measuresBody,
    message: incident.measuresChange,
    ...BY,
    sample: { by: 'staff-1', measures: ['notices'], scope: { templateKind: 'due-soon' } },
  },
  approveResume: {
    body: incidentBodies.personBody,
    message: incident.resumeApproval,
    sample: { by: 'staff-1' },
    ...BY,
  },
  appeal: {
    body: incidentBodies.appealBody,
    message: incident.incidentAppeal,
    ...BY,
    sample: { appealId: 'a-1', borrowerId: 'b-1', by: 'staff-1' },
  },
  answerAppeal: {
    body: incidentBodies.appealAnswerBody,
    message: incident.appealAnswer,
    ...BY,
    sample: { appealId: 'a-1', by: 'staff-1', isUpheld: true, reason: 'seen' },
  },
  note: {
    body: incidentBodies.noteBody,
    message: incident.incidentNote,
    ...BY,
    sample: { by: 'staff-1', text: 'the carrier was called' },
  },
  recordReview: {
    body: incidentBodies.reviewBody,
    message: incident.incidentReview,
    filledIn: ['by', 'actions'],
    sample: { by: 'staff-1', summary: 'a wrong figure', actions: ['test it before'] },
  },
  decideReview: {
    body: templateBodies.decisionBody,
    message: template.reviewDecision,
    sample: { decidedBy: 'staff-2', decision: 'approve', reason: 'clear' },
  },
  retire: {
    body: templateBodies.retirementBody,
    message: template.templateRetirement,
    sample: { decidedBy: 'staff-2', reason: 'not clear' },
  },
};

/** Of every type, and of every form that some field refuses. */
const ODD: unknown[] = [
  undefined,
  null,
  true,
  false,
  [],
  {},
  [''],
  ['a', 'a'],
  ['draws', 'draws'],
  ['all'],
  [null],
  { '13800000000': 1 },
  0,
  -1,
  1,
  1.5,
  61,
  121,
  1001,
  1201,
  1e11 + 1,
  1e12,
  1e300,
  '',
  ' ',
  '\n',
  'a b',
  'a/b',
  '王小明',
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(2000),
  'x'.repeat(2001),
  '😀'.repeat(2000),
  '😀'.repeat(2001),
  'a\u0000b',
  '\ud800',
  '\u0007',
  'two\nlines',
  '2026-02-30',
  '0000-01-01',
  '1899-12-31',
  '1900-01-01',
  '2199-12-31',
  '2200-01-01',
  '2026-7-1',
  'today',
  '2026-07-01T10:20:00',
  '2026-07-01T10:20:00+08:00',
  '0000-01-01T00:00:00Z',
  '13800000000',
  '138-0000-0000',
  '11010519491231002X',
  'debit:x',
  'rail:x',
  'again-2-x',
  '0.5',
  '1',
  '-0.1',
  '0.123456789012345',
  'level',
  'payoff',
  'approve',
  'keep',
  'ABC',
  'abc',
  hash,
  hash.toUpperCase(),
  Array.from({ length: 21 }, () => 'x'),
  ['x\u0000'],
  { city: 'x' },
  { product: 'card' },
  { region: 'a b' },
  { income: 1 },
  { finances: 1 },
  { finances: { monthlyIncomeFen: -1 } },
  { behaviour: { refundRatio: '2' } },
  { ...costSheet, hash: '' },
  { ...costSheet, confirmedBy: '13800000000' },
  { ...costSheet, confirmedAt: DAY },
  { hash },
  { ...costSheet, more: 1 },
];

type Told = { field: string; fault: string; fix: string }[];

const crossed = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** Each once: of one field zod may say a thing for two of its checks. */
function sorted(faults: Told): string[] {
  return [...new Set(faults.map(({ field, fault, fix }) => `${field} ${fault}: ${fix}`))].sort();
}

function overHttp(body: z.ZodType, input: object): string[] {
  const result = z.safeParse(body, crossed(input), { reportInput: true });
  return result.success ? [] : sorted(faultsOf(result.error, 'body'));
}

function throughTemporal(message: Field, input: object): { faults: string[]; sentence: string } {
  try {
    // What comes after the message was found right needs the workflow that it came to.
    validatedBy(message, () => 'judged')(crossed(input));
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) return { faults: [], sentence: '' };
    return { faults: sorted((error.details?.[0] ?? []) as Told), sentence: error.message };
  }
  throw new Error('it was neither refused nor judged');
}

function keysOf(body: z.ZodType): string[] {
  return Object.keys((body as z.ZodObject).shape);
}

describe.each(Object.entries(DOORS))('%s', (_, { body, message, sample, filledIn = [], elsewhere }) => {
  const shared = Object.keys(sample).filter((name) => keysOf(body).includes(name));
  const bodyOf = (changed: object) =>
    Object.fromEntries(
      Object.entries({ ...sample, ...changed }).filter(([name]) => !(name in sample) || shared.includes(name)),
    );

  it('is taken at both doors as it is meant', () => {
    expect(overHttp(body, bodyOf({}))).toEqual([]);
    expect(throughTemporal(message, sample).faults).toEqual([]);
  });

  it('is refused at both doors in the same words, whatever is wrong of a field', () => {
    let refused = 0;
    for (const field of shared) {
      for (const value of ODD) {
        if (value === undefined && filledIn.includes(field)) continue;
        const changed = { [field]: value };
        if (JSON.stringify(changed) === JSON.stringify(elsewhere)) continue;
        const told = throughTemporal(message, { ...sample, ...changed });
        expect({ changed, faults: told.faults }).toEqual({ changed, faults: overHttp(body, bodyOf(changed)) });
        if (told.faults.length === 0) continue;
        refused += 1;
        expect(told.sentence).toMatch(/ (must |is not known here)/);
      }
    }
    if (shared.length > 0) expect(refused).toBeGreaterThan(20);
  });

  it('refuses a field that nobody knows, at both doors in the same words', () => {
    for (const name of ['paidon', 'amount', '13800000000']) {
      const changed = { [name]: 1 };
      const told = throughTemporal(message, { ...sample, ...changed });
      expect(told.faults).toHaveLength(1);
      expect(told.faults).toEqual(overHttp(body, bodyOf(changed)));
      expect(`${told.sentence}${told.faults.join()}`).not.toContain('13800000000');
    }
  });

  it('that is no object is refused at both doors in the same words', () => {
    for (const value of [null, 'x', 7, [], true]) {
      const told = throughTemporal(message, value as never);
      expect(told.faults).toHaveLength(1);
      expect(told.faults).toEqual(overHttp(body, value as never));
    }
  });

  it('has over HTTP no field that the message has not, but what is said so', () => {
    const { definition } = message;
    const known = definition.kind === 'object' ? Object.keys(definition.fields) : [];
    // What the API judges itself, and figures that it stores beside the message, which names them.
    const ofHttp = ['shownFen', 'claimed'];
    expect(keysOf(body).filter((name) => !known.includes(name) && !ofHttp.includes(name))).toEqual([]);
  });
});

/** Rules over several fields. */
describe('fields that belong together', () => {
  const { startInstalments, correctRate, decideWriteOff } = DOORS;
  it.each<[string, Doors | undefined, object]>([
    ['no source of a plan', startInstalments, { statementNumber: undefined }],
    ['two sources of a plan', startInstalments, { unbilled: true }],
    ['no rate', correctRate, { dailyRate: undefined }],
    ['a write-off without a reason', decideWriteOff, { reason: undefined }],
  ])('%s is refused at both doors in the same words', (_, doors, changed) => {
    const { body, message, sample } = doors as Doors;
    const told = throughTemporal(message, { ...sample, ...changed }).faults;
    expect(told).toHaveLength(1);
    expect(told).toEqual(overHttp(body, { ...sample, ...changed }));
  });
});
