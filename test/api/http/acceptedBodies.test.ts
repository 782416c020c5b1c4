/**
 * The doors against the database: what a schema accepts, the real PostgreSQL stores, and the account, incident or text
 * that it was told to goes on. What it cannot store is refused at the door, over HTTP and over Temporal alone alike.
 *
 * `ACCEPTED_BODIES=2000 npx jest test/api/acceptedBodies` looks further; `ACCEPTED_BODIES_SEED` at one seed.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createServicingActivities } from '../../../src/activities/credit/servicing';
import { createIncidentActivities } from '../../../src/activities/incidents/incidents';
import { createTemplateReviewActivities } from '../../../src/activities/messaging/templateReview';
import { createAssessmentActivities } from '../../../src/activities/origination/assessment';
import * as contracts from '../../../src/contracts';
import type { Arrival, IncidentMessage } from '../../../src/contracts/activities';
import { workflowIds } from '../../../src/contracts/names';
import { insertTemplate } from '../../../src/db/messaging/templates/templates';
import { saveDecision } from '../../../src/db/origination/applications';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { inTransaction } from '../../../src/db/transaction';
import { SIGNATURE } from '../../../src/domain/policy/shippedTemplates';
import { inventedResidentId } from '../../../src/domain/values/residentId';
import {
  ACTORS,
  applicationOf,
  type Harness,
  NOW_MS,
  offeredApplication,
  openedAccount,
  startHarness,
  TENANT,
  TODAY,
} from '../harness';

/** Of each route. */
const BODIES = wholeNumber('ACCEPTED_BODIES') ?? 12;
const SEED = wholeNumber('ACCEPTED_BODIES_SEED') ?? 15;
const TIMEOUT_MS = 120_000 + BODIES * 20_000;

function wholeNumber(name: string): number | undefined {
  const value = process.env[name];
  if (value !== undefined && !/^[1-9]\d*$/.test(value)) throw new RangeError(`${name} is no whole number: ${value}`);
  return value === undefined ? undefined : Number(value);
}

let harness: Harness;
let activities: ReturnType<typeof activitiesOf>;

function activitiesOf({ pool }: Harness) {
  const nothing = async () => undefined;
  const deps = {
    pool,
    policies: createPolicyReader(),
    lanes: 1,
    registrars: [],
    guard: undefined,
    wakeLane: nothing,
    wakeDebitLane: nothing,
    startAccount: nothing,
    officialNumbers: ['4008000000'],
    actors: ACTORS,
  };
  return {
    ...createServicingActivities(deps),
    ...createIncidentActivities(deps),
    ...createAssessmentActivities(deps),
    ...createTemplateReviewActivities(deps),
  };
}

beforeAll(async () => {
  harness = await startHarness();
  activities = activitiesOf(harness);
  for (const [id, product] of [
    ['card', 'revolving'],
    ['loan', 'cash-loan'],
  ] as const) {
    await openedAccount(harness, id, product);
    await advance(id, { kind: 'opening' });
  }
  await offeredApplication(harness, 'referral', 'cash-loan');
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.gateway.asked = [];
  // Nobody answers: what was told is taken from the fake, and handed to the real step.
  harness.gateway.outcome = { status: 'not-running' };
});

const advance = (accountId: string, ...arrivals: Arrival[]) =>
  activities.advanceAccount({ tenantId: TENANT, accountId, asOfMs: NOW_MS, arrivals });

/** What no store keeps: NUL, halves of surrogate pairs, control characters. */
const TROUBLE = ['\u0000', '\ud800', '\udfff', 'a\u0000b', '\u001b[2J', '\u0085', '\u007f', '\tx'];
const KEPT = [
  '好',
  '😀',
  '𠮷',
  'two\nlines',
  'a\r\nb',
  "'; drop table notice; --",
  '\u202e',
  '\ufffe',
  '\\u0000',
  '%00',
];
const text = fc.oneof(
  fc.constantFrom(...TROUBLE, ...KEPT),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
);
const year = fc.oneof(fc.constantFrom(0, 1, 1899, 1900, 2199, 2200, 9999), fc.integer({ min: 2020, max: 2030 }));
const two = (most: number) => fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(2, '0'));
const date = fc.oneof(
  fc.constantFrom('0000-01-01', '0001-01-01', '1899-12-31', '1900-01-01', '2199-12-31', '9999-12-31', TODAY),
  fc.tuple(year, two(13), two(32)).map(([of, month, day]) => `${String(of).padStart(4, '0')}-${month}-${day}`),
);
const instant = fc
  .tuple(date, two(25), fc.constantFrom('Z', '+08:00', '-12:00', '+14:59', '+99:99', ''))
  .map(([on, hour, offset]) => `${on}T${hour}:20:00${offset}`);
let made = 0;
/** Another one each time, so that each body is a deed of its own; some are none. */
const id = fc.oneof(
  { weight: 8, arbitrary: fc.integer().map(() => `id-${++made}`) },
  { weight: 1, arbitrary: fc.integer().map(() => `${'y'.repeat(90)}-${String(++made).padStart(9, '0')}`) },
  { weight: 1, arbitrary: text },
);
const person = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('staff-1', 'staff-2', 's', 'z'.repeat(100), '10000000000') },
  { weight: 1, arbitrary: fc.constantFrom('13800000000', '+8613800000000', '138-0000-0000', inventedResidentId(7)) },
  { weight: 1, arbitrary: text },
);
const amountFen = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(0, -1, 100_000_000_000, 1e15, 1.5));
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

type Message = { name: string; input: never };
const ARRIVALS: Record<string, (input: never) => Arrival> = {
  paymentReceived: (payment) => ({ kind: 'payment', payment }),
  paymentReversed: (reversal) => ({ kind: 'reversal', reversal }),
  refundReceived: (refund) => ({ kind: 'refund', refund }),
  purchaseConfirmed: (confirmation) => ({ kind: 'confirmation', confirmation }),
  authorisePurchase: (purchase) => ({ kind: 'purchase', purchase }),
  returnCredit: (creditReturn) => ({ kind: 'credit-return', creditReturn }),
  correctRate: (correction) => ({ kind: 'rate-correction', correction }),
  restructureLoan: (restructuring) => ({ kind: 'restructuring', restructuring }),
  setDebitMandate: (mandate) => ({ kind: 'mandate', mandate }),
  startInstalments: (start) => ({ kind: 'instalment-start', start }),
  settleInstalments: (settlement) => ({ kind: 'instalment-settlement', settlement }),
};

const costSheet = fc.record({ hash: fc.constant('a'.repeat(64)), confirmedBy: person, confirmedAt: instant });
const OF_CARD: Record<string, fc.Arbitrary<object>> = {
  payments: fc.record({ paymentId: id, amountFen, paidOn: maybe(date) }),
  purchases: fc.record({ purchaseId: id, amountFen, purchasedOn: maybe(date) }),
  refunds: fc.record({ refundId: id, amountFen, refundedOn: maybe(date), purchaseId: maybe(id) }),
  'payments/p-1/reversal': fc.record({ reversalId: id, reversedOn: maybe(date) }),
  'purchases/o-1/confirmation': fc.record({ confirmationId: id, confirmedOn: maybe(date) }),
  'credit-returns': fc.record({ returnId: id, amountFen, returnedOn: maybe(date) }),
  mandate: fc.record({ changeId: id, mandateId: id, agreedOn: maybe(date) }),
  'mandate/end': fc.record({ changeId: id, agreedOn: maybe(date) }),
  'instalment-plans': fc.record({
    planId: id,
    unbilled: fc.constant(true),
    principalFen: amountFen,
    months: fc.constant(12),
    startedOn: maybe(date),
    costSheet: maybe(costSheet),
  }),
  'instalment-plans/p-1/settlement': fc.record({ settlementId: id, settledOn: maybe(date) }),
};
const OF_LOAN: Record<string, fc.Arbitrary<object>> = {
  payments: fc.record({ paymentId: id, amountFen, paidOn: maybe(date) }),
  'rate-corrections': fc.record({ correctionId: id, from: date, dailyRate: fc.constant('0.0004'), decidedBy: person }),
  restructurings: fc.record({
    restructuringId: id,
    agreedOn: maybe(date),
    months: fc.constant(6),
    dailyRate: fc.constant('0.0004'),
    decidedBy: fc.tuple(person, person),
  }),
};

const ROUTES = [
  ...Object.entries(OF_CARD).map(([path, body]) => ['card', path, body] as const),
  ...Object.entries(OF_LOAN).map(([path, body]) => ['loan', path, body] as const),
];

async function faults(): Promise<number> {
  const { rows } = await harness.pool.query<{ count: number }>(
    `select (select count(*) from set_aside_arrival) + (select count(*) from refused_message)
       + (select count(*) from refused_arrival where raw is not null or reason_codes[1] like 'SQLSTATE%') as count`,
  );
  return Number(rows[0]?.count);
}

let sent = 0;
async function tell(url: string, body: object): Promise<{ status: number; told: Message | undefined }> {
  harness.gateway.asked = [];
  const { status } = await harness.post(url, body, `accepted-${++sent}`);
  const [asked] = harness.gateway.asked;
  return { status, told: asked && ({ name: asked.name ?? 'start', input: asked.input } as Message) };
}

const property = (arbitrary: fc.Arbitrary<object>, holds: (body: object) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, holds), { numRuns: BODIES, seed: SEED });

describe('whatever is told to an account over HTTP', () => {
  it.each(ROUTES)(
    'of %s, %s: refused at the door, or stored, and the account takes the next payment',
    (accountId, path, arbitrary) =>
      property(arbitrary, async (body) => {
        const { status, told } = await tell(`/v1/accounts/${accountId}/${path}`, body);
        expect([202, 400, 409, 422, 503]).toContain(status);
        const before = await faults();
        if (told) await advance(accountId, (ARRIVALS[told.name] as (input: never) => Arrival)(told.input));
        expect({ body, faults: (await faults()) - before }).toEqual({ body, faults: 0 });
        const paymentId = `next-${++made}`;
        await advance(accountId, {
          kind: 'payment',
          payment: { paymentId, amountFen: 1, paidOn: TODAY, intent: 'instalment' },
        });
        const { rows } = await harness.pool.query('select 1 from account_fact where business_key = $1', [
          `payment/${paymentId}`,
        ]);
        expect(rows).toHaveLength(1);
      }),
    TIMEOUT_MS,
  );
});

const OF_INCIDENT: Record<string, fc.Arbitrary<object>> = {
  acknowledgement: fc.record({ by: person }),
  notes: fc.record({ by: person, text }),
  appeals: fc.record({ appealId: id, borrowerId: fc.constantFrom('borrower-of-referral'), by: person }),
  'appeals/known/answer': fc.record({ by: person, isUpheld: fc.boolean(), reason: text }),
  measures: fc.record({ by: person, measures: fc.constant(['draws', 'applications']) }),
  review: fc.record({ by: person, summary: text, actions: fc.array(text, { maxLength: 3 }) }),
};
const MESSAGES: Record<string, (input: never) => object> = {
  acknowledge: (acknowledgement) => ({ kind: 'acknowledgement', acknowledgement }),
  note: (noted) => ({ kind: 'note', note: noted }),
  appeal: (appeal) => ({ kind: 'appeal', appeal }),
  answerAppeal: (answer) => ({ kind: 'appeal-answer', answer }),
  changeMeasures: (change) => ({ kind: 'measures-change', change }),
  recordReview: (review) => ({ kind: 'review', review }),
};

describe('whatever is told to an incident over HTTP', () => {
  it.each(Object.entries(OF_INCIDENT))(
    '%s: refused at the door, or stored, and two people resume it',
    async (path, arbitrary) => {
      const opened = { by: 'staff-1', measures: ['draws'], reasonCode: 'WRONG_AMOUNTS', remedyChannel: 'hotline' };
      const { body: incident } = await harness.post('/v1/incidents', opened, `open-${++sent}`);
      const { incidentId } = incident;
      const step = (message: object) =>
        activities.advanceIncident({
          tenantId: TENANT,
          incidentId,
          asOfMs: NOW_MS,
          message: { key: `k-${++made}`, ...message } as IncidentMessage,
        });
      await step({ kind: 'appeal', appeal: { appealId: 'known', borrowerId: 'b', by: 'staff-1' } });
      await property(arbitrary, async (body) => {
        const { status, told } = await tell(`/v1/incidents/${incidentId}/${path}`, body);
        expect([200, 400, 404, 409, 422, 503]).toContain(status);
        const before = await faults();
        if (told) await step((MESSAGES[told.name] as (input: never) => object)(told.input));
        expect({ body, faults: (await faults()) - before }).toEqual({ body, faults: 0 });
      });
      const workflowId = workflowIds.incident(TENANT, incidentId);
      const resume = (principal: string) => {
        const key = `resume-${principal}`;
        const sent = { workflowId, name: 'approveResume', message: { by: principal } };
        return step({
          kind: 'resume-approval',
          key,
          approval: ACTORS.signed(sent, { principal, issuedAtMs: 1, messageId: key }),
        });
      };
      await resume('staff:8');
      const result = await resume('staff:9');
      expect(result).toMatchObject({ answer: { status: 'resumed' } });
    },
    TIMEOUT_MS,
  );
});

describe('whatever a person says of a referral, of a text, of contact, or applies for', () => {
  it(
    'a decision on a referral is refused at the door, or stored',
    async () => {
      const arbitrary = fc.record({ decision: fc.constant('decline'), decidedBy: person, reason: text });
      await property(arbitrary, async (body) => {
        const applicationId = `referral-${++made}`;
        await offeredApplication(harness, applicationId, 'cash-loan');
        const policyVersion = (await createPolicyReader().inForce(harness.pool, TENANT, TODAY)).version;
        const assessment = { outcome: 'referred' as const, reasonCodes: [], scorePoints: undefined, scoreParts: {} };
        await inTransaction(harness.pool, (client) =>
          saveDecision(client, {
            tenantId: TENANT,
            applicationId,
            stage: 'referred',
            atMs: NOW_MS,
            assessment: { ...assessment, limitFen: 0, dailyRate: '0', policyVersion },
          }),
        );
        const { status, told } = await tell(`/v1/applications/${applicationId}/referral-decisions`, body);
        expect([400, 503]).toContain(status);
        if (!told) return;
        const input = { tenantId: TENANT, applicationId, asOfMs: NOW_MS, decision: told.input };
        expect(await activities.concludeReferral(input)).toMatchObject({ assessment: { outcome: 'declined' } });
      });
    },
    TIMEOUT_MS,
  );

  it(
    'a decision on a text is refused at the door, or stored',
    async () => {
      const draft = { tenantId: TENANT, kind: 'due-soon' as const, version: 77, submittedBy: 'author' };
      const body = '您好，本期应还{amount}，{dueDate}到期，请在APP内查看。';
      await inTransaction(harness.pool, (client) =>
        insertTemplate(client, { ...draft, body, signature: SIGNATURE, requiredProviders: [], submittedAtMs: NOW_MS }),
      );
      const arbitrary = fc.record({ decidedBy: person, decision: fc.constantFrom('approve', 'reject'), reason: text });
      await property(arbitrary, async (word) => {
        const { status, told } = await tell('/v1/templates/due-soon/77/decision', word);
        expect([400, 503]).toContain(status);
        if (!told) return;
        const step = { kind: 'decision' as const, decision: told.input };
        const result = await activities.advanceTemplate({ ...draft, asOfMs: NOW_MS, step });
        expect(result).not.toMatchObject({ answer: { refusal: 'not-taken' } });
      });
    },
    TIMEOUT_MS,
  );

  const STORED_AT_ONCE: [string, fc.Arbitrary<object>][] = [
    [
      '/v1/borrowers/borrower-of-referral/holds',
      fc.record({ holdId: id, kind: fc.constant('dispute'), placedBy: person, until: maybe(instant) }),
    ],
    [
      '/v1/holds',
      fc.record({ holdId: id, kind: fc.constant('disaster'), placedBy: person, region: fc.constant('51') }),
    ],
    ['/v1/applications', fc.record({ name: fc.oneof(text, fc.constant('样例')), borrowerId: fc.oneof(person, id) })],
    ['/v1/notices/verify', fc.record({ phone: fc.oneof(text, fc.constant('199 0000 0001')), code: text })],
  ];

  it.each(STORED_AT_ONCE)(
    '%s is never answered with 500',
    (url, arbitrary) =>
      property(arbitrary, async (body) => {
        const { name, borrowerId } = body as { name?: string; borrowerId?: string };
        const application = applicationOf(`a-${++made}`);
        const whole =
          borrowerId === undefined ? body : { ...application, borrower: { ...application.borrower, name, borrowerId } };
        const { status } = await tell(url, whole);
        // An end that has passed, or a century away, is refused by other rules than these.
        if (JSON.stringify(body).includes('"until"')) return;
        expect({ body, status }).not.toEqual({ body, status: 500 });
      }),
    TIMEOUT_MS,
  );
});

describe('the inputs that parked lives', () => {
  const REFUSED: [string, string, object][] = [
    ['/v1/accounts/card/mandate', 'agreedOn', { changeId: 'c', mandateId: 'm', agreedOn: '0000-01-01' }],
    ['/v1/accounts/card/payments', 'paidOn', { paymentId: 'p', amountFen: 1, paidOn: '1899-12-31' }],
    ['/v1/accounts/card/purchases', 'purchasedOn', { purchaseId: 'p', amountFen: 1, purchasedOn: '2200-01-01' }],
    ['/v1/incidents/any/notes', 'text', { by: 's', text: 'a\u0000b' }],
    ['/v1/incidents/any/notes', 'text', { by: 's', text: 'half \ud83d' }],
    ['/v1/incidents/any/notes', 'text', { by: 's', text: 'bell \u0007' }],
    [
      '/v1/applications/referral/referral-decisions',
      'reason',
      { decision: 'decline', decidedBy: 's', reason: '\udfff' },
    ],
    ['/v1/applications/referral/objections', 'reason', { objectedBy: 'borrower', reason: '\u0000' }],
    ['/v1/accounts/card/write-off-decisions', 'reason', { decision: 'write-off', decidedBy: 's', reason: '\u0000' }],
    ['/v1/templates', 'body', { kind: 'due-soon', version: 9, body: 'x\u0000', signature: 'x', submittedBy: 's' }],
    [
      '/v1/holds',
      'until',
      { holdId: 'h', kind: 'disaster', placedBy: 's', region: '51', until: '0000-01-01T00:00:00Z' },
    ],
    ['/v1/holds', 'placedBy', { holdId: 'h', kind: 'disaster', placedBy: '王\u0000', region: '51' }],
  ];

  it.each(REFUSED)('%s: %s is 400 before anything is told', async (url, field, body) => {
    const answer = await harness.post(url, body, `red-${++sent}`);
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 400, field });
    expect(harness.gateway.asked).toEqual([]);
  });

  it('ends of lines and rare characters are taken', async () => {
    const { status } = await harness.post('/v1/incidents/none/notes', { by: 's', text: '一行\n二行 𠮷😀' }, 'lines');
    expect(status).toBe(404);
  });

  it('a cursor with NUL or of a rank that is none is refused, not a fault of ours', async () => {
    for (const position of [
      [1, 2, '\u0000'],
      [1, 2, '\ud800'],
      [1, 1e15, 'x'],
      [1, -1, 'x'],
    ]) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
      expect((await harness.get(`/v1/accounts/card/timeline?cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe('ids of people', () => {
  const NUMBERS = [
    '13800000000',
    '8613912345678',
    '0086-138-0000-0000',
    '199.0000.0000',
    inventedResidentId(1),
    '11010519491231002X',
  ];
  it.each(NUMBERS)('%s, a number of a person, is no id', async (number) => {
    const bodies: [string, string, object][] = [
      [
        '/v1/applications',
        'borrower.borrowerId',
        applicationOf('n', { borrower: { ...applicationOf('n').borrower, borrowerId: number } }),
      ],
      ['/v1/accounts/loan/write-off-decisions', 'decidedBy', { decision: 'keep', decidedBy: number }],
      [
        '/v1/accounts/card/purchase-approvals',
        'decidedBy',
        { approvalId: 'a', purchaseId: 'p', amountFen: 1, decidedBy: number, reason: 'r' },
      ],
      ['/v1/incidents/any/notes', 'by', { by: number, text: 't' }],
      ['/v1/incidents/any/appeals', 'borrowerId', { appealId: 'a', borrowerId: number, by: 's' }],
      ['/v1/holds', 'placedBy', { holdId: 'h', kind: 'disaster', placedBy: number, region: '51' }],
      ['/v1/providers/sink/resumption', 'resumedBy', { resumedBy: number }],
    ];
    for (const [url, field, body] of bodies) {
      const answer = await harness.post(url, body, `person-${++sent}`);
      expect({ url, status: answer.status, field: answer.body.field }).toEqual({ url, status: 400, field });
      expect(answer.text).not.toContain(number);
    }
    expect(contracts.invalidResumeApproval({ by: number })).toContain('by must be an id that you give');
    expect(contracts.unacceptableApplication({ borrowerId: number } as never)).toContain('borrowerId');
    const word = { decision: 'decline' as const, decidedBy: number, reason: 'r' };
    expect(contracts.invalidReferralDecision(word)).toContain('decidedBy');
  });

  it.each(['10000000000', '12800000000', 'staff-13800000000', '000000197001010001', '138000000001'])(
    '%s is one',
    (plain) => {
      expect(contracts.invalidResumeApproval({ by: plain })).toBeUndefined();
    },
  );
});
