/**
 * What crosses Temporal survives the crossing: every payload of the contracts is JSON and comes back as it went. The
 * names are literals here, because workflows that live, and upstreams, hold them. The types of the samples are the
 * contracts' own, so that a message, activity or workflow without a sample does not compile.
 */
import { describe, expect, it } from '@jest/globals';
import {
  defaultPayloadConverter,
  type QueryDefinition,
  type SignalDefinition,
  type UpdateDefinition,
} from '@temporalio/common';
import * as contracts from '../src/contracts';
import type {
  AssessmentActivities,
  DailyCloseActivities,
  DebitActivities,
  HousekeepingActivities,
  IncidentActivities,
  IncidentMessage,
  ModelReviewActivities,
  NoticeActivities,
  SealActivities,
  ServicingActivities,
  SourceActivities,
  TemplateReviewActivities,
  TemplateStep,
} from '../src/contracts/activities';
import type * as workflows from '../src/workflows';

type Messages<Definitions> = {
  [Name in keyof Definitions]: Definitions[Name] extends UpdateDefinition<infer Result, infer Args>
    ? { args: Args[]; results: Result[] }
    : Definitions[Name] extends QueryDefinition<infer Result>
      ? { results: Result[] }
      : Definitions[Name] extends SignalDefinition<infer Args>
        ? { args: Args[] }
        : never;
};

type Calls<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (input: infer Input) => Promise<infer Result>
    ? { args: Input[]; results: Result[] }
    : never;
};

const clock = { realEpochMs: 1_767_229_200_000, businessEpochMs: 1_767_229_200_000, speed: 105_120 };
const tenantId = 'tenant-1';
const application = { tenantId, applicationId: 'a-1' };
const account = { tenantId, accountId: 'a-1-1' };
const asOfMs = 1_783_612_800_000;
const state: contracts.AccountState = {
  product: 'cash-loan',
  stage: 'overdue',
  bucket: 'M1',
  daysPastDue: 8,
  amountBand: 'up to 10,000',
  nextDeadlineAtMs: asOfMs,
  summary: '**overdue** · 1,234.56 元 due',
};
const closed: contracts.AccountState = { ...state, stage: 'settled', nextDeadlineAtMs: undefined };
const actor: contracts.Actor = { principal: 'staff:mei', issuedAtMs: asOfMs, messageId: 'm-1', mac: 'a'.repeat(64) };
const payment: contracts.Payment = { paymentId: 'p-1', amountFen: 34_567, paidOn: '2026-07-10', intent: 'instalment' };
const refund: contracts.Refund = { refundId: 'r-1', amountFen: 1_000, refundedOn: '2026-07-11' };
const purchase: contracts.Purchase = { purchaseId: 'o-1', amountFen: 20_000, purchasedOn: '2026-07-12' };
const payments: contracts.Payment[] = [
  payment,
  { ...payment, undated: true },
  { ...payment, actor },
  { ...payment, intent: 'payoff' },
  { ...payment, intent: 'prepay-shorter-term' },
  { ...payment, intent: 'prepay-lower-payment', designatedInstalment: 2 },
];
const reversal: contracts.PaymentReversal = { reversalId: 'v-1', paymentId: 'p-1', reversedOn: '2026-07-14' };
const refunds: contracts.Refund[] = [refund, { ...refund, purchaseId: 'o-1' }];
const purchases: contracts.Purchase[] = [
  purchase,
  { ...purchase, posting: 'at-payment' },
  { ...purchase, posting: 'at-confirmation' },
];
const confirmation: contracts.PurchaseConfirmation = {
  confirmationId: 'c-1',
  purchaseId: 'o-1',
  confirmedOn: '2026-07-20',
};
const creditReturn: contracts.CreditReturn = { returnId: 't-1', amountFen: 500, returnedOn: '2026-07-21' };
const corrections: contracts.RateCorrection[] = [
  { correctionId: 'rc-1', from: '2026-07-01', dailyRate: '0.0004', decidedBy: 'staff-01' },
  {
    correctionId: 'rc-2',
    from: '2026-07-01',
    revolvingDailyRate: '0',
    overdueDailyRate: '0.00045',
    decidedBy: 'staff-01',
  },
];
const restructuring: contracts.Restructuring = {
  restructuringId: 's-1',
  agreedOn: '2026-07-01',
  months: 24,
  dailyRate: '0.0003',
  decidedBy: ['staff-01', 'staff-02'],
};
const changeResults: contracts.ChangeResult[] = [
  { status: 'accepted' },
  { status: 'refused', reasonCodes: ['ABOVE_CREDIT'] },
  { status: 'proposed', approveByMs: asOfMs },
];
const purchaseResults: contracts.PurchaseResult[] = [
  { status: 'approved', availableFen: 980_000 },
  { status: 'declined', reasonCodes: ['ACCOUNT_OVERDUE'], availableFen: 0 },
];
const decisions: contracts.WriteOffDecision[] = [
  { decision: 'write-off', decidedBy: 'staff-01', reason: '多次联系未果' },
  { decision: 'keep', decidedBy: 'staff-02' },
];
const progress: contracts.WriteOffProgress[] = (
  ['needs-second-person', 'written-off', 'kept', 'same-person', 'not-in-review', 'unverified'] as const
).map((status) => ({ status }));
const referral: contracts.ReferralDecision = { decision: 'approve', decidedBy: 'staff-01', reason: '收入已核实' };
const objection: contracts.Objection = { key: 'o-1', objectedBy: 'borrower', reason: '逾期已结清' };
const objectionResults: contracts.ObjectionResult[] = [
  { status: 'in-review', reviewByMs: asOfMs },
  { status: 'refused', reasonCodes: ['OBJECTION_NOT_OPEN'] },
];
const costSheet: contracts.CostDisclosureConfirmation = {
  hash: '0123456789abcdef'.repeat(4),
  confirmedBy: 'member-77',
  confirmedAt: '2026-07-01T10:20:00+08:00',
};
const instalmentStarts: contracts.InstalmentStart[] = [
  {
    planId: 'plan-1',
    statementNumber: 3,
    principalFen: 300_000,
    months: 12,
    feePayer: 'borrower',
    startedOn: '2026-07-02',
    costSheet,
  },
  { planId: 'plan-2', unbilled: true, principalFen: 300_000, months: 3, feePayer: 'merchant', startedOn: '2026-07-02' },
];
const instalmentSettlement: contracts.InstalmentSettlement = {
  settlementId: 'settle-1',
  planId: 'plan-1',
  settledOn: '2026-09-15',
};
const instalmentResults: contracts.InstalmentResult[] = [
  { status: 'accepted', parts: [{ number: 1, dueDate: '2026-08-10', principalFen: 25_000, feeFen: 2_200 }] },
  { status: 'refused', reasonCodes: ['ABOVE_SPLITTABLE_AMOUNT'], figures: { splittableFen: 10, minimumFen: 20 } },
  {
    status: 'refused',
    reasonCodes: ['COST_SHEET_NOT_CONFIRMED'],
    costSheet: { hash: costSheet.hash, text: '综合融资成本明示表\n' },
  },
];
const acceptances: contracts.Acceptance[] = [
  { product: 'revolving', key: 'k-1', acceptedOn: '2026-07-01', dueDay: 10 },
  { product: 'cash-loan', key: 'k-2', acceptedOn: '2026-07-01', principalFen: 500_000, months: 12, method: 'level' },
  { product: 'revolving', key: 'k-3', acceptedOn: '2026-07-01', costSheet },
];
const acceptanceResults: contracts.AcceptanceResult[] = [
  { status: 'opened', accountId: 'a-1-1' },
  { status: 'refused', reasonCodes: ['OFFER_EXPIRED'] },
  {
    status: 'refused',
    reasonCodes: ['UNSECURED_CAP', 'COST_ABOVE_CAP'],
    figures: {
      unsecuredFen: 20_500_000,
      maxUnsecuredFen: 20_000_000,
      annualisedCost: '0.24091233',
      annualCap: '0.24',
    },
  },
  {
    status: 'refused',
    reasonCodes: ['COST_SHEET_DIFFERS'],
    costSheet: { hash: costSheet.hash, text: '综合融资成本明示表\n' },
  },
];
const assessment = {
  outcome: 'approved' as const,
  reasonCodes: ['LIMIT_AS_REQUESTED'],
  scorePoints: 612,
  scoreParts: { monthlyIncome: 40 },
  limitFen: 1_000_000,
  dailyRate: '0.0005',
  policyVersion: '2026-01',
};
const offer: contracts.Offer = {
  product: 'cash-loan',
  limitFen: 1_000_000,
  dailyRate: '0.0005',
  expiresAtMs: asOfMs,
  policyVersion: '2026-01',
};
const applicationInput: contracts.ApplicationInput = {
  ...application,
  borrowerId: 'b-1',
  product: 'cash-loan',
  requestedFen: 1_000_000,
  facts: {
    identity: { check: 'matched', adult: true },
    finances: { monthlyIncomeFen: 2_000_000, openOverdue: false, worstBureauCode: undefined },
    behaviour: { monthsOnPlatform: 24, onTimePaymentRatio: '0.98' },
  },
  clock,
};
const applicationState: contracts.ApplicationState = {
  stage: 'offered',
  assessment,
  offer,
  remainingFen: 500_000,
  accountIds: ['a-1-1'],
};
const stages: contracts.ApplicationStage[] = ['assessing', 'referred', 'offered', 'declined', 'expired', 'accepted'];
const totals: contracts.LaneTotals = { sent: 12, cancelled: 3, failed: 1, sweeps: 40 };
const debited: contracts.DebitTotals = { settled: 7, refused: 2, cancelled: 1, sweeps: 31 };
const mandates: contracts.DebitMandateChange[] = [
  { changeId: 'm-1', mandateId: 'mandate-77', agreedOn: '2026-07-01' },
  { changeId: 'm-2', mandateId: null, agreedOn: '2026-08-01' },
];

const opening: contracts.PersonalOpening = {
  by: 'staff-01',
  measures: ['notices', 'draws'],
  scope: { product: 'cash-loan' },
  reasonCode: 'WRONG_AMOUNTS',
  remedyChannel: 'hotline',
};
const change: contracts.MeasuresChange = { by: 'staff-01', measures: ['notices', 'draws', 'auto-debit'], scope: {} };
const appeal: contracts.IncidentAppeal = { appealId: 'ap-1', borrowerId: 'b-1', by: 'hotline' };
const appealAnswer: contracts.AppealAnswer = { appealId: 'ap-1', by: 'staff-02', isUpheld: true, reason: '已核实' };
const note: contracts.IncidentNote = { by: 'staff-01', text: 'the carrier was called' };
const review: contracts.IncidentReview = { by: 'staff-03', summary: 'a wrong figure', actions: ['test it before'] };
const incidentAnswers: contracts.IncidentAnswer[] = [
  { status: 'accepted', stage: 'acknowledged' },
  { status: 'needs-second-person', stage: 'resuming' },
  { status: 'resumed', stage: 'resumed' },
  { status: 'refused', refusal: 'same-person', stage: 'resuming' },
];
const incidentState: contracts.IncidentState = {
  stage: 'resuming',
  measures: ['draws'],
  scope: { product: 'cash-loan' },
  firstApprovalBy: 'staff-01',
  openAppeals: ['ap-1'],
  escalated: ['acknowledge/1'],
  nextDeadline: { name: 'mitigate', dueAtMs: asOfMs },
  summary: '**resuming** · stops draws for product cash-loan',
};
const reviewed: contracts.IncidentState = {
  ...incidentState,
  stage: 'reviewed',
  firstApprovalBy: undefined,
  nextDeadline: undefined,
};
const incidentMessages: IncidentMessage[] = [
  { key: 'k-1', kind: 'start' },
  { key: 'k-1', kind: 'start', opening },
  { key: 'k-2', kind: 'acknowledgement', acknowledgement: { by: 'staff-01' } },
  { key: 'k-3', kind: 'measures-change', change },
  { key: 'k-4', kind: 'resume-approval', approval: { by: 'staff-01' } },
  { key: 'k-5', kind: 'appeal', appeal },
  { key: 'k-6', kind: 'appeal-answer', answer: appealAnswer },
  { key: 'k-7', kind: 'note', note },
  { key: 'k-8', kind: 'review', review },
];

const templateVersion = { tenantId, kind: 'due-soon', version: 3 } as const;
const decision: contracts.ReviewDecision = { decidedBy: 'staff-02', decision: 'approve', reason: 'clear' };
const retirement: contracts.TemplateRetirement = { decidedBy: 'staff-03', reason: 'not clear' };
const templateAnswers: contracts.TemplateAnswer[] = [
  { status: 'accepted', stage: 'registering' },
  { status: 'refused', refusal: 'author', stage: 'in-review' },
];
const reviewState: contracts.TemplateReviewState = {
  stage: 'registering',
  findings: [{ rule: 'THREAT', words: '起诉', why: 'a threat', fix: 'leave it out' }],
  registrations: [{ provider: 'cloud', status: 'pending' }],
  reviewByMs: asOfMs,
  summary: '**registering** · due-soon 3',
};
const holdout = {
  source: 'rows of 2025',
  rows: 1000,
  auc: '0.78',
  ks: '0.43',
  impacts: [{ attribute: 'age', group: 'below 26', ratio: '0.84' }],
};
const retiredModel: contracts.ModelRetirement = { by: 'staff-02', reason: 'another one is better' };
const modelAnswers: contracts.ModelAnswer[] = [
  { status: 'accepted', stage: 'active' },
  { status: 'needs-second-person', stage: 'reviewed' },
  { status: 'refused', refusal: 'developer', stage: 'tested' },
];
const modelState: contracts.ModelReviewState = {
  stage: 'active',
  validUntilMs: asOfMs,
  unevenGroups: [{ attribute: 'age', group: 'below 26', ratio: '0.7' }],
  summary: 'active',
};

const templateSteps: TemplateStep[] = [
  { kind: 'begin', submittedBy: 'staff-01' },
  { kind: 'decision', decision },
  { kind: 'retirement', retirement },
  { kind: 'registered' },
  { kind: 'look' },
];

const MESSAGES: Messages<Definitions> = {
  decideReview: { args: [[decision], [{ ...decision, decision: 'reject' }]], results: templateAnswers },
  retire: { args: [[retirement]], results: templateAnswers },
  templateSuperseded: { args: [[]] },
  templateReviewState: { results: [reviewState] },
  recordModelTest: { args: [[{ by: 'staff-01', test: holdout }]], results: modelAnswers },
  reviewModel: {
    args: [[{ by: 'staff-02', decision: 'approve', reason: 'sound' }], [{ ...retiredModel, decision: 'decline' }]],
    results: modelAnswers,
  },
  promoteModel: { args: [[retiredModel]], results: modelAnswers },
  revalidateModel: { args: [[{ ...retiredModel, test: holdout }]], results: modelAnswers },
  retireModel: { args: [[retiredModel]], results: modelAnswers },
  modelReviewState: { results: [modelState, { ...modelState, stage: 'lapsed', firstPromotionBy: 'staff:02' }] },
  paymentReceived: { args: payments.map((each) => [each]) },
  debitSettled: { args: [[{ reference: 'a-1.instalment-1.1', amountFen: 339_351, settledOn: '2026-04-02' }]] },
  paymentReversed: { args: [[reversal]] },
  refundReceived: { args: refunds.map((each) => [each]) },
  purchaseConfirmed: { args: [[confirmation]] },
  takeAgain: { args: [[{ asideId: 7 }]] },
  lookAgain: { args: [[]] },
  authorisePurchase: { args: purchases.map((each) => [each]), results: purchaseResults },
  approvePurchase: {
    args: [[{ approvalId: 'ap-1', purchaseId: 'o-1', amountFen: 9_000_000, decidedBy: 'staff-1', reason: 'a car' }]],
    results: changeResults,
  },
  returnCredit: { args: [[creditReturn]], results: changeResults },
  correctRate: { args: corrections.map((each) => [each]), results: changeResults },
  restructureLoan: {
    args: [[restructuring], [{ ...restructuring, decidedBy: undefined, actor }]],
    results: changeResults,
  },
  approveRestructuring: { args: [[{ restructuringId: 's-1', actor }]], results: changeResults },
  setDebitMandate: { args: mandates.map((each) => [each]), results: changeResults },
  startInstalments: { args: instalmentStarts.map((start) => [start]), results: instalmentResults },
  settleInstalments: { args: [[instalmentSettlement]], results: instalmentResults },
  decideWriteOff: { args: decisions.map((decision) => [decision]), results: progress },
  accountState: { results: [state, closed] },
  decideReferral: { args: [[referral], [{ ...referral, decision: 'decline' }]], results: stages },
  objectToDecision: { args: [[objection], [{ ...objection, figuresId: 'f-1' }]], results: objectionResults },
  acceptOffer: { args: acceptances.map((acceptance) => [acceptance]), results: acceptanceResults },
  applicationState: {
    results: [applicationState, { ...applicationState, stage: 'assessing', assessment: undefined, offer: undefined }],
  },
  clockMoved: { args: [[clock]] },
  laneRung: { args: [[]] },
  laneTotals: { results: [totals] },
  debitLaneRung: { args: [[]] },
  debitTotals: { results: [debited] },
  acknowledge: { args: [[{ by: 'staff-01' }]], results: incidentAnswers },
  changeMeasures: { args: [[change], [{ by: 'staff-01', measures: ['notices'] }]], results: incidentAnswers },
  approveResume: { args: [[{ by: 'staff-01' }]], results: incidentAnswers },
  appeal: { args: [[appeal]], results: incidentAnswers },
  answerAppeal: { args: [[appealAnswer], [{ ...appealAnswer, isUpheld: false }]], results: incidentAnswers },
  note: { args: [[note]], results: incidentAnswers },
  recordReview: { args: [[review]], results: incidentAnswers },
  incidentState: { results: [incidentState, reviewed] },
};

const WORKFLOWS: Calls<typeof workflows> = {
  endOfDay: {
    args: [
      { tenantId, clock },
      { tenantId, clock, fromDate: '2026-03-02' },
    ],
    results: [undefined],
  },
  housekeeping: { args: [{ tenantId: 'tenant-1' }], results: [] },
  modelReview: { args: [{ tenantId, card: 'expert', version: '2026-01', clock }], results: [{ stage: 'retired' }] },
  templateReview: {
    args: [
      { ...templateVersion, submittedBy: 'staff-01', requiredProviders: ['sink'], clock },
      { ...templateVersion, submittedBy: 'staff-01', requiredProviders: [], clock, polls: 4 },
    ],
    results: [{ stage: 'superseded' }, { stage: 'rejected', reason: 'nobody decided in time' }],
  },
  application: {
    args: [applicationInput],
    results: stages.map((stage) => ({ stage, reasonCodes: [], accountIds: ['a-1-1'] })),
  },
  cashLoan: {
    args: [
      { ...account, clock },
      { ...account, clock, resumed: { state, approvals: ['staff-01'] } },
    ],
    results: [{ stage: 'settled', closedOn: '2026-10-10' }],
  },
  revolvingAccount: {
    args: [{ ...account, clock, resumed: { state: closed, approvals: [] } }],
    results: [{ stage: 'written-off', closedOn: '2026-10-10' }],
  },
  noticeLane: {
    args: [
      { tenantId, lane: 3, clock, lookEveryMs: 86_400_000 },
      { tenantId, lane: 3, clock, lookEveryMs: 86_400_000, totals },
    ],
    results: [undefined],
  },
  debitLane: {
    args: [
      { tenantId, lane: 3, clock, lookEveryMs: 86_400_000 },
      { tenantId, lane: 3, clock, lookEveryMs: 86_400_000, totals: debited },
    ],
    results: [undefined],
  },
  incident: {
    args: [
      { tenantId, incidentId: 'incident-1', clock },
      { tenantId, incidentId: 'incident-1', clock, opening },
    ],
    results: [{ stage: 'reviewed', escalated: ['acknowledge/1'] }],
  },
};

const ACTIVITIES: Calls<
  AssessmentActivities &
    SourceActivities &
    ServicingActivities &
    NoticeActivities &
    DebitActivities &
    HousekeepingActivities &
    DailyCloseActivities &
    SealActivities &
    IncidentActivities &
    TemplateReviewActivities &
    ModelReviewActivities
> = {
  advanceModel: {
    args: [
      { tenantId, card: 'expert', version: '2026-01', asOfMs, workflowId: 'model-review/tenant-1/expert/2026-01' },
      {
        tenantId,
        card: 'expert',
        version: '2026-01',
        asOfMs,
        message: { kind: 'test', key: 'k', message: { by: 'staff-01', test: holdout } },
      },
    ],
    results: [...modelAnswers.map((answer) => ({ state: modelState, answer })), { fault: 'there is no such model' }],
  },
  advanceTemplate: {
    args: templateSteps.map((step) => ({ ...templateVersion, asOfMs, step })),
    results: [
      ...templateAnswers.map((answer) => ({ state: reviewState, answer, supersededVersion: 2 })),
      { fault: 'there is no draft' },
    ],
  },
  registerTemplate: {
    args: [{ ...templateVersion, provider: 'cloud', asOfMs }],
    results: [
      { provider: 'cloud', status: 'pending' },
      { provider: 'cloud', status: 'rejected', reason: 'words' },
    ],
  },
  assessApplication: {
    args: [
      { ...applicationInput, asOfMs },
      { ...applicationInput, asOfMs, workflowId: 'application/demo/a', lifeId: 'run-1' },
    ],
    results: [
      { assessment, offer },
      { assessment, offer, drawn: { accountIds: ['a-1'], drawnFen: 1_000 } },
      { refused: 'application a of tenant demo is accepted already: send a new applicationId' },
      { assessment: { ...assessment, outcome: 'referred' }, decideByMs: asOfMs, outlookFen: 100_000 },
      { toAsk: { kinds: ['identity', 'consumption'], round: 1, atMs: asOfMs }, policyVersion: '2026-01' },
    ],
  },
  judgeGathered: {
    args: [{ ...application, asOfMs, policyVersion: '2026-01', round: 2 }],
    results: [
      { assessment, offer },
      {
        assessment: { ...assessment, outcome: 'referred' },
        decideByMs: asOfMs,
        outlookFen: 0,
        toAsk: { kinds: ['financial-record'], round: 3, atMs: asOfMs },
      },
    ],
  },
  askSource: {
    args: [{ ...application, asOfMs, kind: 'identity' }],
    results: [
      { status: 'complete' },
      { status: 'unavailable', detail: 'HTTP status 503 of the supplier' },
      { status: 'without-consent' },
    ],
  },
  concludeReferral: {
    args: [
      { ...application, asOfMs },
      { ...application, asOfMs, decision: referral },
    ],
    results: [{ assessment: { ...assessment, outcome: 'declined', scorePoints: undefined }, objectUntilMs: asOfMs }],
  },
  receiveObjection: {
    args: [{ ...application, asOfMs, receivedAtMs: asOfMs, objection }],
    results: [
      { assessment: { ...assessment, outcome: 'referred' }, decideByMs: asOfMs, outlookFen: 0 },
      { reasonCodes: ['OBJECTION_NOT_OPEN'] },
    ],
  },
  openAccount: {
    args: acceptances.map((acceptance) => ({ ...application, asOfMs, acceptance })),
    results: acceptanceResults,
  },
  startAccount: { args: [{ ...account, product: 'revolving', clock }], results: [undefined] },
  closeApplication: { args: [{ ...application, asOfMs, stage: 'expired' }], results: [undefined] },
  advanceAccount: {
    args: [
      {
        ...account,
        asOfMs,
        arrivals: [
          { kind: 'opening' },
          { kind: 'payment', payment },
          { kind: 'reversal', reversal },
          { kind: 'refund', refund },
          { kind: 'purchase', purchase },
          { kind: 'confirmation', confirmation },
          { kind: 'credit-return', creditReturn },
          ...corrections.map((correction) => ({ kind: 'rate-correction' as const, correction })),
          { kind: 'restructuring', restructuring },
          ...mandates.map((mandate) => ({ kind: 'mandate' as const, mandate })),
          ...instalmentStarts.map((start) => ({ kind: 'instalment-start' as const, start })),
          { kind: 'instalment-settlement', settlement: instalmentSettlement },
          { kind: 'write-off', decidedBy: ['staff-01', 'staff-02'] },
        ],
      },
    ],
    results: [
      { state, purchases: Object.fromEntries(purchaseResults.map((result, index) => [`o-${index}`, result])) },
      {
        state,
        purchases: {},
        changes: Object.fromEntries(changeResults.map((result, index) => [`credit-return/t-${index}`, result])),
      },
    ],
  },
  sweepLane: {
    args: [{ tenantId, lane: 3, asOfMs }],
    results: [
      { sent: 2, cancelled: 1, failed: 0, nextDueAtMs: asOfMs },
      { sent: 0, cancelled: 0, failed: 0 },
    ],
  },
  closeEndedDates: {
    args: [
      { tenantId, asOfMs, fromDate: '2026-03-02', patienceMs: 3_600_000 },
      {
        tenantId,
        asOfMs,
        fromDate: '2026-03-02',
        patienceMs: 3_600_000,
        waited: { businessDate: '2026-03-03', accountId: 'a-1-1' },
      },
    ],
    results: [
      { tried: [], closedThrough: null, triedThrough: null, openDates: [], nextAtMs: asOfMs },
      {
        tried: [{ businessDate: '2026-03-02', outcome: 'failed', checks: ['entries 2'], waitingCount: 1 }],
        closedThrough: '2026-03-01',
        triedThrough: '2026-03-02',
        openDates: ['2026-03-02'],
        waitsFor: {
          businessDate: '2026-03-03',
          accountId: 'a-1-1',
          holders: [{ accountId: 'a-1-1', sinceMs: asOfMs }],
          incidentId: 'incident-1',
        },
        nextAtMs: asOfMs,
      },
    ],
  },
  sealDates: {
    args: [{ tenantId, asOfMs, fromDate: '2026-03-02', throughDate: '2026-03-03' }],
    results: [{ sealedThrough: '2026-03-03' }],
  },
  purgeOldRows: { args: [{ tenantId }], results: [{ requests: 2, checks: 0, reports: 1, troubles: 0 }] },
  sweepDebits: {
    args: [{ tenantId, lane: 3, asOfMs }],
    results: [
      { settled: 2, refused: 1, cancelled: 0, nextDueAtMs: asOfMs },
      { settled: 0, refused: 0, cancelled: 0 },
    ],
  },
  advanceIncident: {
    args: [
      { tenantId, incidentId: 'incident-1', asOfMs },
      ...incidentMessages.map((message) => ({ tenantId, incidentId: 'incident-1', asOfMs, message })),
    ],
    results: [
      ...incidentAnswers.map((answer) => ({ state: incidentState, answer })),
      { fault: 'incident incident-1 is not on record: start it with an opening' },
    ],
  },
};

type Contracts = typeof contracts;
/** The exports of the contracts that are messages. */
type Definitions = {
  [Name in keyof Contracts as Contracts[Name] extends { type: string; name: string } ? Name : never]: Contracts[Name];
};

function messages(): [string, { type: string; name: string }][] {
  const exported: [string, unknown][] = Object.entries(contracts);
  return exported.filter(
    (entry): entry is [string, { type: string; name: string }] =>
      typeof entry[1] === 'object' && entry[1] !== null && 'type' in entry[1] && 'name' in entry[1],
  );
}

/** Where a value is not JSON, or would come back as something else. */
function notJson(value: unknown, path = 'value'): string[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? [] : [`${path} is the number ${String(value)}`];
  if (Array.isArray(value))
    return value.flatMap((part, index) =>
      part === undefined ? [`${path}[${index}] is undefined`] : notJson(part, `${path}[${index}]`),
    );
  if (typeof value !== 'object') return [`${path} is a ${typeof value}`];
  if (Object.getPrototypeOf(value) !== Object.prototype) return [`${path} is a ${value.constructor.name}`];
  // An absent field and an undefined one are the same to the contracts.
  return Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : notJson(part, `${path}.${key}`)));
}

function samplesOf(group: Record<string, { args?: unknown[]; results?: unknown[] }>): [string, unknown][] {
  return Object.entries(group).flatMap(([name, { args = [], results = [] }]) => [
    ...args.map((value, index): [string, unknown] => [`${name}, input ${index + 1}`, value]),
    ...results.map((value, index): [string, unknown] => [`${name}, result ${index + 1}`, value]),
  ]);
}

/** Through the payload of each argument or result, as the SDK does it. */
function crossed(value: unknown): unknown {
  return defaultPayloadConverter.fromPayload(defaultPayloadConverter.toPayload(value));
}

describe('payloads', () => {
  const samples = [...samplesOf(MESSAGES), ...samplesOf(WORKFLOWS), ...samplesOf(ACTIVITIES)];

  it.each(samples)('%s is JSON and comes back as it went', (_, value) => {
    expect(value === undefined ? [] : notJson(value)).toEqual([]);
    expect(crossed(value)).toEqual(value);
  });

  it.each<[string, unknown, string]>([
    ['Date', { at: new Date(0) }, 'value.at is a Date'],
    ['Map', { answers: new Map() }, 'value.answers is a Map'],
    ['bigint', { amountFen: 1n }, 'value.amountFen is a bigint'],
    ['undefined in a list', [1, undefined], 'value[1] is undefined'],
    ['no number', { rate: Number.NaN }, 'value.rate is the number NaN'],
    ['negative zero', { amountFen: -0 }, 'value.amountFen is the number 0'],
    ['function', { next: () => 1 }, 'value.next is a function'],
  ])('the check refuses a %s', (_, value, fault) => {
    expect(notJson(value)).toEqual([fault]);
  });

  it('no message of the contracts is without samples', () => {
    const definitions = messages();
    expect(definitions.length).toBeGreaterThan(8);
    expect(definitions.map(([name]) => name).sort()).toEqual(Object.keys(MESSAGES).sort());
  });
});

describe('names that live workflows and upstreams hold', () => {
  it('messages are called as their exports', () => {
    for (const [name, definition] of messages()) expect(definition.name).toBe(name);
    const called = Object.fromEntries(messages().map(([, { name, type }]) => [name, type]));
    expect(called).toEqual({
      acceptOffer: 'update',
      accountState: 'query',
      acknowledge: 'update',
      answerAppeal: 'update',
      appeal: 'update',
      applicationState: 'query',
      approveRestructuring: 'update',
      approveResume: 'update',
      authorisePurchase: 'update',
      changeMeasures: 'update',
      clockMoved: 'signal',
      lookAgain: 'signal',
      takeAgain: 'signal',
      approvePurchase: 'update',
      correctRate: 'update',
      debitLaneRung: 'signal',
      debitTotals: 'query',
      decideReferral: 'update',
      decideReview: 'update',
      decideWriteOff: 'update',
      incidentState: 'query',
      laneRung: 'signal',
      laneTotals: 'query',
      note: 'update',
      objectToDecision: 'update',
      paymentReceived: 'signal',
      debitSettled: 'signal',
      paymentReversed: 'signal',
      purchaseConfirmed: 'signal',
      recordReview: 'update',
      refundReceived: 'signal',
      restructureLoan: 'update',
      retire: 'update',
      returnCredit: 'update',
      setDebitMandate: 'update',
      settleInstalments: 'update',
      startInstalments: 'update',
      templateReviewState: 'query',
      modelReviewState: 'query',
      promoteModel: 'update',
      recordModelTest: 'update',
      retireModel: 'update',
      revalidateModel: 'update',
      reviewModel: 'update',
      templateSuperseded: 'signal',
    });
  });

  it('workflows, their ids and the task queue', () => {
    const all = [
      'application',
      'cashLoan',
      'debitLane',
      'endOfDay',
      'housekeeping',
      'incident',
      'modelReview',
      'noticeLane',
      'revolvingAccount',
      'templateReview',
    ];
    expect(Object.keys(WORKFLOWS).sort()).toEqual(all);
    expect(contracts.TASK_QUEUE).toBe('creditloom');
    const { workflowIds } = contracts;
    expect(Object.keys(workflowIds).sort()).toEqual(all);
    expect(workflowIds.application('t', 'a-1')).toBe('application/t/a-1');
    expect(workflowIds.cashLoan('t', 'a-1-1')).toBe('cash-loan/t/a-1-1');
    expect(workflowIds.revolvingAccount('t', 'a-1-1')).toBe('revolving/t/a-1-1');
    expect(workflowIds.noticeLane('t', 3)).toBe('notice-lane/t/3');
    expect(workflowIds.debitLane('t', 3)).toBe('debit-lane/t/3');
    expect(workflowIds.endOfDay('t')).toBe('end-of-day/t');
    expect(workflowIds.housekeeping('t')).toBe('housekeeping/t');
    expect(workflowIds.incident('t', 'incident-1')).toBe('incident/t/incident-1');
    expect(workflowIds.modelReview('t', 'expert', '2026-01')).toBe('model-review/t/expert/2026-01');
    expect(workflowIds.templateReview('t', 'due-soon', 3)).toBe('template-review/t/due-soon/3');
  });

  it('keys of facts, by which a repeat is known years later', () => {
    const keys = Object.entries(contracts.factKeys).map(([kind, keyOf]) => [kind, keyOf('x-1')]);
    const [correction] = corrections as [contracts.RateCorrection];
    const { key: rateCorrection } = contracts.rateCorrectedBy({ ...correction, correctionId: 'x-1' });
    expect({ ...Object.fromEntries(keys), rateCorrection }).toEqual({
      payment: 'payment/x-1',
      debit: 'payment/debit:x-1',
      reversal: 'reversal/x-1',
      refund: 'refund/x-1',
      purchase: 'purchase/x-1',
      confirmation: 'confirmation/x-1',
      creditReturn: 'credit-return/x-1',
      instalmentPlan: 'instalment/x-1',
      instalmentSettlement: 'instalment-settlement/x-1',
      rateCorrection: 'rate-correction/x-1',
      restructuring: 'restructuring/x-1',
      restructuringApproval: 'restructuring-approval/x-1',
      writeOffWord: 'write-off-word/x-1',
    });
  });

  it('search attributes and failure types', () => {
    const attributes = Object.values(contracts.searchAttributes).map(({ name, type }) => [name, type]);
    expect(Object.fromEntries(attributes)).toEqual({
      CreditloomTenant: 'KEYWORD',
      CreditloomProduct: 'KEYWORD',
      CreditloomStage: 'KEYWORD',
      CreditloomBucket: 'KEYWORD',
      CreditloomNextDeadline: 'DATETIME',
      CreditloomAmountBand: 'KEYWORD',
    });
    expect(contracts.failureTypes).toEqual({
      invalidInput: 'InvalidInput',
      notFound: 'NotFound',
      conflict: 'Conflict',
    });
  });
});

describe('validation names the field, the fault and the fix', () => {
  const ID_FIX = 'must be 1 to 100 letters, digits or ._:- such as "order-2031"';
  const AMOUNT_FIX = 'must be a whole number of fen above 0, such as 12345 for 123.45 CNY';
  const DATE_FIX = 'must be a date such as "2026-07-10"';
  const UNDATED_FIX = 'must be true, or absent';
  const FACTS_FIX = 'must have the objects identity, finances and behaviour; what is not known is left out inside them';
  const CLOCK_FIX = 'must be the deployment\'s business clock, such as {"realEpochMs":0,"businessEpochMs":0,"speed":1}';
  const RATE_FIX = 'must be a daily rate below 1 with at most 14 decimals, as text such as "0.0004"';
  const MONTHS_FIX = 'must be a whole number from 1 to 60';
  const MEASURES_FIX = 'must be a list of some of notices, draws, auto-debit, applications, each once';
  const SCOPE_FIX = 'must have no fields but product, templateKind, provider, region, segment';
  const PROVED_FIX =
    'must be an object of identity, finances and behaviour, each with what was proved of it, or left out';
  const TEXT_FIX = 'must be a text of 1 to 2000 characters, without personal data';
  const ACTIONS_FIX = 'must be a list of at most 20 sentences; an empty one where none follow';
  const invalidOpening = (changed: Partial<contracts.PersonalOpening>) =>
    contracts.invalidPersonalOpening({ ...opening, ...changed });
  const PAIR_FIX = 'must be the ids of two different people, such as ["staff-01","staff-02"]';
  const [correction] = corrections as [contracts.RateCorrection];
  const lane = { tenantId: 'demo', lane: 3, clock, lookEveryMs: 86_400_000 };
  const [mandate] = mandates as [contracts.DebitMandateChange];
  const [revolving, cashLoan] = acceptances as [contracts.Acceptance, contracts.Acceptance];

  it('takes every sample', () => {
    for (const each of payments) expect(contracts.invalidPayment(each)).toBeUndefined();
    for (const each of refunds) expect(contracts.invalidRefund(each)).toBeUndefined();
    for (const each of purchases) expect(contracts.invalidPurchase(each)).toBeUndefined();
    for (const each of corrections) expect(contracts.invalidRateCorrection(each)).toBeUndefined();
    expect(contracts.invalidPaymentReversal(reversal)).toBeUndefined();
    expect(contracts.invalidPurchaseConfirmation(confirmation)).toBeUndefined();
    expect(contracts.invalidCreditReturn(creditReturn)).toBeUndefined();
    expect(contracts.invalidRestructuring(restructuring)).toBeUndefined();
    for (const decision of decisions) expect(contracts.invalidWriteOffDecision(decision)).toBeUndefined();
    expect(contracts.invalidReferralDecision(referral)).toBeUndefined();
    const proved = { finances: { monthlyIncomeFen: 1_000_000 }, behaviour: {} };
    expect(contracts.invalidReferralDecision({ ...referral, figuresId: 'key-1' })).toBeUndefined();
    expect(contracts.invalidReferralDecision({ ...referral, proved })).toBeUndefined();
    expect(contracts.invalidObjection({ ...objection, figuresId: 'f-1' })).toBeUndefined();
    expect(contracts.invalidApplicationInput({ ...applicationInput, facts: undefined })).toBeUndefined();
    for (const acceptance of acceptances) expect(contracts.invalidAcceptance(acceptance)).toBeUndefined();
    // The API signs what it calls so.
    expect(contracts.invalidAcceptance({ ...revolving, key: 'again-2-x', actor })).toBeUndefined();
    for (const start of instalmentStarts) expect(contracts.invalidInstalmentStart(start)).toBeUndefined();
    expect(contracts.invalidInstalmentSettlement(instalmentSettlement)).toBeUndefined();
    expect(contracts.invalidAccountInput({ ...account, clock })).toBeUndefined();
    expect(contracts.invalidApplicationInput(applicationInput)).toBeUndefined();
    expect(contracts.invalidNoticeLaneInput(lane)).toBeUndefined();
    expect(contracts.invalidDebitLaneInput(lane)).toBeUndefined();
    for (const each of mandates) expect(contracts.invalidDebitMandateChange(each)).toBeUndefined();
  });

  const wrong = (value: unknown) => value as never;
  const HASH_FIX = 'must be the 64 hex characters that came with the cost sheet';
  const INSTANT_FIX = 'must be an instant with its offset, such as "2026-08-01T10:20:00+08:00"';
  const invalidStart = (changes: Partial<contracts.InstalmentStart>) =>
    contracts.invalidInstalmentStart({ ...(instalmentStarts[0] as contracts.InstalmentStart), ...changes });
  const invalidCostSheet = (changes: Partial<contracts.CostDisclosureConfirmation>) =>
    contracts.invalidAcceptance({ ...revolving, costSheet: { ...costSheet, ...changes } });

  it.each<[field: string, told: string | undefined, fix: string]>([
    ['paymentId', contracts.invalidPayment({ ...payment, paymentId: '' }), ID_FIX],
    ['paymentId', contracts.invalidPayment({ ...payment, paymentId: 'a/b' }), ID_FIX],
    ['paymentId', contracts.invalidPayment({ ...payment, paymentId: 'x'.repeat(101) }), ID_FIX],
    ['amountFen', contracts.invalidPayment({ ...payment, amountFen: 12.5 }), AMOUNT_FIX],
    ['amountFen', contracts.invalidPayment({ ...payment, amountFen: 0 }), AMOUNT_FIX],
    ['amountFen', contracts.invalidPayment({ ...payment, amountFen: -1 }), AMOUNT_FIX],
    ['amountFen', contracts.invalidPayment({ ...payment, amountFen: 100_000_000_001 }), AMOUNT_FIX],
    ['amountFen', contracts.invalidPayment({ ...payment, amountFen: wrong('100') }), AMOUNT_FIX],
    ['paidOn', contracts.invalidPayment({ ...payment, paidOn: '2026-02-30' }), DATE_FIX],
    ['undated', contracts.invalidPayment({ ...payment, undated: wrong(false) }), UNDATED_FIX],
    ['undated', contracts.invalidPaymentReversal({ ...reversal, undated: wrong('yes') }), UNDATED_FIX],
    ['undated', contracts.invalidRefund({ ...refund, undated: wrong(1) }), UNDATED_FIX],
    ['undated', contracts.invalidPurchase({ ...purchase, undated: wrong(null) }), UNDATED_FIX],
    ['undated', contracts.invalidPurchaseConfirmation({ ...confirmation, undated: wrong(false) }), UNDATED_FIX],
    ['undated', contracts.invalidCreditReturn({ ...creditReturn, undated: wrong(false) }), UNDATED_FIX],
    ['undated', contracts.invalidRestructuring({ ...restructuring, undated: wrong(false) }), UNDATED_FIX],
    [
      'intent',
      contracts.invalidPayment({ ...payment, intent: wrong('gift') }),
      'must be one of instalment, payoff, prepay-shorter-term, prepay-lower-payment',
    ],
    [
      'designatedInstalment',
      contracts.invalidPayment({ ...payment, designatedInstalment: 0 }),
      'must be a whole number from 1 to 1000',
    ],
    ['reversalId', contracts.invalidPaymentReversal({ ...reversal, reversalId: wrong(undefined) }), ID_FIX],
    ['paymentId', contracts.invalidPaymentReversal({ ...reversal, paymentId: 'payment/p-1' }), ID_FIX],
    ['reversedOn', contracts.invalidPaymentReversal({ ...reversal, reversedOn: wrong(undefined) }), DATE_FIX],
    ['refundId', contracts.invalidRefund({ ...refund, refundId: wrong(7) }), ID_FIX],
    ['amountFen', contracts.invalidRefund({ ...refund, amountFen: Number.NaN }), AMOUNT_FIX],
    ['purchaseId', contracts.invalidRefund({ ...refund, purchaseId: '' }), ID_FIX],
    ['refundedOn', contracts.invalidRefund({ ...refund, refundedOn: '10.07.2026' }), DATE_FIX],
    ['purchaseId', contracts.invalidPurchase({ ...purchase, purchaseId: wrong(undefined) }), ID_FIX],
    ['amountFen', contracts.invalidPurchase({ ...purchase, amountFen: wrong(null) }), AMOUNT_FIX],
    ['purchasedOn', contracts.invalidPurchase({ ...purchase, purchasedOn: wrong(20_260_712) }), DATE_FIX],
    [
      'posting',
      contracts.invalidPurchase({ ...purchase, posting: wrong('later') }),
      'must be one of at-payment, at-confirmation',
    ],
    ['confirmationId', contracts.invalidPurchaseConfirmation({ ...confirmation, confirmationId: '' }), ID_FIX],
    ['purchaseId', contracts.invalidPurchaseConfirmation({ ...confirmation, purchaseId: '' }), ID_FIX],
    ['confirmedOn', contracts.invalidPurchaseConfirmation({ ...confirmation, confirmedOn: 'now' }), DATE_FIX],
    ['returnId', contracts.invalidCreditReturn({ ...creditReturn, returnId: '' }), ID_FIX],
    ['amountFen', contracts.invalidCreditReturn({ ...creditReturn, amountFen: 0 }), AMOUNT_FIX],
    ['returnedOn', contracts.invalidCreditReturn({ ...creditReturn, returnedOn: '2026-7-1' }), DATE_FIX],
    ['correctionId', contracts.invalidRateCorrection({ ...correction, correctionId: '' }), ID_FIX],
    ['from', contracts.invalidRateCorrection({ ...correction, from: '' }), DATE_FIX],
    ['dailyRate', contracts.invalidRateCorrection({ ...correction, dailyRate: '1' }), RATE_FIX],
    ['dailyRate', contracts.invalidRateCorrection({ ...correction, dailyRate: '-0.1' }), RATE_FIX],
    ['dailyRate', contracts.invalidRateCorrection({ ...correction, dailyRate: wrong(0.0004) }), RATE_FIX],
    ['overdueDailyRate', contracts.invalidRateCorrection({ ...correction, overdueDailyRate: '0.5 %' }), RATE_FIX],
    [
      'dailyRate, revolvingDailyRate or overdueDailyRate',
      contracts.invalidRateCorrection({ ...correction, dailyRate: undefined }),
      'must be given',
    ],
    ['decidedBy', contracts.invalidRateCorrection({ ...correction, decidedBy: '' }), ID_FIX],
    ['months', contracts.invalidRestructuring({ ...restructuring, months: 0 }), MONTHS_FIX],
    ['months', contracts.invalidRestructuring({ ...restructuring, months: 61 }), MONTHS_FIX],
    ['dailyRate', contracts.invalidRestructuring({ ...restructuring, dailyRate: '.1' }), RATE_FIX],
    ['agreedOn', contracts.invalidRestructuring({ ...restructuring, agreedOn: wrong(undefined) }), DATE_FIX],
    ['decidedBy', contracts.invalidRestructuring({ ...restructuring, decidedBy: ['a', 'a'] }), PAIR_FIX],
    ['decidedBy', contracts.invalidRestructuring({ ...restructuring, decidedBy: wrong(['a']) }), PAIR_FIX],
    ['decidedBy', contracts.invalidRestructuring({ ...restructuring, decidedBy: wrong('a,b') }), PAIR_FIX],
    ['changeId', contracts.invalidDebitMandateChange({ ...mandate, changeId: '' }), ID_FIX],
    ['undated', contracts.invalidDebitMandateChange({ ...mandate, undated: wrong(false) }), UNDATED_FIX],
    ['mandateId', contracts.invalidDebitMandateChange({ ...mandate, mandateId: 'a/b' }), ID_FIX],
    ['mandateId', contracts.invalidDebitMandateChange({ ...mandate, mandateId: wrong(undefined) }), ID_FIX],
    ['agreedOn', contracts.invalidDebitMandateChange({ ...mandate, agreedOn: '2026-02-30' }), DATE_FIX],
    ['decidedBy', contracts.invalidWriteOffDecision({ decision: 'keep', decidedBy: '员工' }), ID_FIX],
    [
      'decision',
      contracts.invalidWriteOffDecision({ decision: wrong('forget'), decidedBy: 'staff-01' }),
      'must be one of write-off, keep',
    ],
    ['reason', contracts.invalidWriteOffDecision({ decision: 'write-off', decidedBy: 'staff-01' }), TEXT_FIX],
    [
      'reason',
      contracts.invalidWriteOffDecision({ decision: 'write-off', decidedBy: 'staff-01', reason: '  ' }),
      TEXT_FIX,
    ],
    ['reason', contracts.invalidWriteOffDecision({ decision: 'keep', decidedBy: 'staff-01', reason: '' }), TEXT_FIX],
    ['decidedBy', contracts.invalidReferralDecision({ ...referral, decidedBy: ' ' }), ID_FIX],
    ['figuresId', contracts.invalidReferralDecision({ ...referral, figuresId: 'a b' }), ID_FIX],
    ['proved', contracts.invalidReferralDecision({ ...referral, proved: wrong({ income: 1 }) }), PROVED_FIX],
    ['proved', contracts.invalidReferralDecision({ ...referral, proved: wrong(null) }), PROVED_FIX],
    [
      'decision',
      contracts.invalidReferralDecision({ ...referral, decision: wrong('maybe') }),
      'must be one of approve, decline',
    ],
    ['reason', contracts.invalidObjection({ ...objection, reason: '' }), TEXT_FIX],
    [
      'objectedBy',
      contracts.invalidObjection({ ...objection, objectedBy: wrong('lawyer') }),
      'must be one of borrower, on-behalf',
    ],
    [
      'key',
      contracts.invalidObjection({ ...objection, key: 'again-2-x' }),
      'must not begin with again- and a number, which is reserved',
    ],
    ['key', contracts.invalidAcceptance({ ...revolving, key: '' }), ID_FIX],
    [
      'key',
      contracts.invalidAcceptance({ ...revolving, key: 'again-2-x' }),
      'must not begin with again- and a number, which is reserved',
    ],
    ['acceptedOn', contracts.invalidAcceptance({ ...revolving, acceptedOn: 'today' }), DATE_FIX],
    [
      'product',
      contracts.invalidAcceptance({ ...revolving, product: wrong('mortgage') }),
      'must be one of cash-loan, revolving',
    ],
    ['principalFen', contracts.invalidAcceptance(wrong({ ...cashLoan, principalFen: 0.1 })), AMOUNT_FIX],
    ['costSheet.hash', invalidCostSheet({ hash: 'abc' }), HASH_FIX],
    ['costSheet.hash', invalidCostSheet({ hash: costSheet.hash.toUpperCase() }), HASH_FIX],
    ['costSheet.confirmedBy', invalidCostSheet({ confirmedBy: '王小明' }), ID_FIX],
    ['costSheet.confirmedAt', invalidCostSheet({ confirmedAt: '2026-07-01T10:20:00' }), INSTANT_FIX],
    ['costSheet.confirmedAt', invalidCostSheet({ confirmedAt: '2026-02-30T10:20:00Z' }), INSTANT_FIX],
    ['costSheet.hash', contracts.invalidAcceptance({ ...revolving, costSheet: wrong(null) }), HASH_FIX],
    ['planId', invalidStart({ planId: 'a/b' }), ID_FIX],
    ['statementNumber or unbilled', invalidStart({ unbilled: true }), 'must be given, and not both'],
    ['statementNumber or unbilled', invalidStart({ statementNumber: undefined }), 'must be given, and not both'],
    ['statementNumber', invalidStart({ statementNumber: 0 }), 'must be a whole number from 1 to 1200'],
    ['unbilled', invalidStart({ statementNumber: undefined, unbilled: wrong(false) }), 'must be true, or absent'],
    ['principalFen', invalidStart({ principalFen: 0.5 }), AMOUNT_FIX],
    ['months', invalidStart({ months: 61 }), 'must be a whole number from 1 to 60'],
    ['feePayer', invalidStart({ feePayer: wrong('nobody') }), 'must be one of borrower, merchant'],
    ['startedOn', invalidStart({ startedOn: 'today' }), DATE_FIX],
    ['costSheet.hash', invalidStart({ costSheet: { ...costSheet, hash: '' } }), HASH_FIX],
    ['settlementId', contracts.invalidInstalmentSettlement({ ...instalmentSettlement, settlementId: '' }), ID_FIX],
    ['planId', contracts.invalidInstalmentSettlement({ ...instalmentSettlement, planId: '' }), ID_FIX],
    ['settledOn', contracts.invalidInstalmentSettlement({ ...instalmentSettlement, settledOn: '' }), DATE_FIX],
    ['tenantId', contracts.invalidAccountInput({ ...account, clock, tenantId: '' }), ID_FIX],
    ['accountId', contracts.invalidAccountInput({ ...account, clock, accountId: '-1' }), ID_FIX],
    ['tenantId', contracts.invalidApplicationInput({ ...applicationInput, tenantId: '.' }), ID_FIX],
    ['applicationId', contracts.invalidApplicationInput({ ...applicationInput, applicationId: 'a b' }), ID_FIX],
    ['borrowerId', contracts.invalidApplicationInput({ ...applicationInput, borrowerId: wrong(1) }), ID_FIX],
    [
      'product',
      contracts.invalidApplicationInput({ ...applicationInput, product: wrong('card') }),
      'must be one of cash-loan, revolving',
    ],
    ['requestedFen', contracts.invalidApplicationInput({ ...applicationInput, requestedFen: 0 }), AMOUNT_FIX],
    ['facts', contracts.invalidApplicationInput({ ...applicationInput, facts: wrong({ identity: {} }) }), FACTS_FIX],
    ['clock', contracts.invalidApplicationInput({ ...applicationInput, clock: wrong(undefined) }), CLOCK_FIX],
    ['clock', contracts.invalidAccountInput({ ...account, clock: { ...clock, speed: 0.5 } }), CLOCK_FIX],
    ['incidentId', contracts.invalidIncidentInput({ tenantId, incidentId: 'a/b', clock }), ID_FIX],
    ['clock', contracts.invalidIncidentInput({ tenantId, incidentId: 'i-1', clock: wrong({}) }), CLOCK_FIX],
    ['by', invalidOpening({ by: '员工' }), ID_FIX],
    ['measures', invalidOpening({ measures: [] }), MEASURES_FIX],
    ['measures', invalidOpening({ measures: ['draws', 'draws'] }), MEASURES_FIX],
    [
      'measures',
      invalidOpening({ measures: wrong(['all']) }),
      'must be one of notices, draws, auto-debit, applications',
    ],
    ['scope', invalidOpening({ scope: wrong('all') }), 'must be a JSON object'],
    ['scope', invalidOpening({ scope: wrong({ city: 'x' }) }), SCOPE_FIX],
    ['scope.product', invalidOpening({ scope: { product: wrong('card') } }), 'must be one of cash-loan, revolving'],
    ['scope.region', invalidOpening({ scope: { region: 'a b' } }), ID_FIX],
    [
      'reasonCode',
      invalidOpening({ reasonCode: 'why' }),
      'must be 3 to 60 capitals, digits or _ such as "WRONG_AMOUNTS"',
    ],
    ['remedyChannel', invalidOpening({ remedyChannel: '' }), ID_FIX],
    ['by', contracts.invalidAcknowledgement({ by: '' }), ID_FIX],
    ['by', contracts.invalidResumeApproval({ by: wrong(undefined) }), ID_FIX],
    ['measures', contracts.invalidMeasuresChange({ ...change, measures: wrong(undefined) }), MEASURES_FIX],
    ['scope', contracts.invalidMeasuresChange({ ...change, scope: wrong([]) }), 'must be a JSON object'],
    ['borrowerId', contracts.invalidIncidentAppeal({ ...appeal, borrowerId: '样例' }), ID_FIX],
    ['isUpheld', contracts.invalidAppealAnswer({ ...appealAnswer, isUpheld: wrong('yes') }), 'must be true or false'],
    ['reason', contracts.invalidAppealAnswer({ ...appealAnswer, reason: ' ' }), TEXT_FIX],
    ['text', contracts.invalidIncidentNote({ ...note, text: 'x'.repeat(2001) }), TEXT_FIX],
    ['summary', contracts.invalidIncidentReview({ ...review, summary: '' }), TEXT_FIX],
    ['actions', contracts.invalidIncidentReview({ ...review, actions: [''] }), TEXT_FIX],
    ['actions', contracts.invalidIncidentReview({ ...review, actions: wrong('none') }), ACTIONS_FIX],
    ['lane', contracts.invalidNoticeLaneInput({ ...lane, lane: -1 }), 'must be a whole number from 0, such as 3'],
    ['lane', contracts.invalidDebitLaneInput({ ...lane, lane: 0.5 }), 'must be a whole number from 0, such as 3'],
    [
      'lookEveryMs',
      contracts.invalidNoticeLaneInput({ ...lane, lookEveryMs: 10 }),
      'must be a whole number of at least 60000, such as 86400000 for a day',
    ],
    ['clock', contracts.invalidNoticeLaneInput({ ...lane, clock: wrong({ speed: 1 }) }), CLOCK_FIX],
  ])('%s: %s', (field, told, fix) => {
    expect(told).toBe(`${field} ${fix}`);
  });
});
