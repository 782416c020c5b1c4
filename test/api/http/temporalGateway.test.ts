/**
 * What each answer of Temporal means to a caller, through the SDK's own client: only the refusal of our validators is a
 * no, a workflow that is not there is told as such, and every other trouble is "unknown, send again".
 */
import { expect, it } from '@jest/globals';
import { Client, type ConnectionLike } from '@temporalio/client';
import { problemOf } from '../../../src/api/http/problems';
import { accountState, authorisePurchase, paymentReceived, UPDATE_REFUSED } from '../../../src/contracts';
import { accountClient } from '../../../src/contracts/credit/accountClient';
import type { UpdateOutcome } from '../../../src/contracts/gateway';
import { startIncident } from '../../../src/contracts/incidents/incidentClient';
import { wakeDebitLane, wakeLane } from '../../../src/contracts/messaging/laneClients';
import { startTemplateReview } from '../../../src/contracts/messaging/templateReviewClient';
import { clockMoved } from '../../../src/contracts/operations/clock';
import { startHousekeeping } from '../../../src/contracts/operations/housekeepingClient';
import { startApplication } from '../../../src/contracts/origination/applicationClient';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { OutcomeUnknown, Unreachable } from '../../../src/platform/outcomeUnknown';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';

const NOT_FOUND = 5;
/** Of gRPC, but OK and NOT_FOUND. */
const CODES = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 99];

/** The gateway on a server that does one thing. */
function gatewayOn(answer: () => unknown) {
  const workflowService = new Proxy({}, { get: () => async () => answer() });
  const connection = {
    workflowService,
    operatorService: workflowService,
    plugins: [],
    options: {},
    withDeadline: (_deadline: unknown, call: () => unknown) => call(),
    ensureConnected: async () => {},
  } as unknown as ConnectionLike;
  return createTemporalGateway(new Client({ connection }));
}

function grpcFault(code: number) {
  return Object.assign(new Error(`${code} of the test`), { code, details: 'of the test', metadata: { get: () => [] } });
}

const fails = (error: Error) =>
  gatewayOn(() => {
    throw error;
  });

const account = { tenantId: 't', accountId: 'a', product: 'revolving', clock: REAL_TIME } as const;
const purchase = { purchaseId: 'p', amountFen: 1, purchasedOn: '2026-07-01' };
const payment = { paymentId: 'p', amountFen: 1, paidOn: '2026-07-01' };
type Gateway = ReturnType<typeof gatewayOn>;

const UPDATES: [string, (gateway: Gateway) => Promise<UpdateOutcome<unknown>>][] = [
  ['an update', (gateway) => gateway.update('revolving/t/a', authorisePurchase, purchase, 'key')],
  [
    'an update that may start',
    (gateway) => accountClient(gateway, account).updateEvenClosed(authorisePurchase, purchase, 'key'),
  ],
];

const LANE = { tenantId: 't', lane: 1, clock: REAL_TIME, lookEveryMs: 86_400_000 };

const CALLS: [string, (gateway: Gateway) => Promise<unknown>][] = [
  ...UPDATES,
  ['a signal', (gateway) => accountClient(gateway, account).signal(paymentReceived, payment)],
  [
    'a start',
    (gateway) =>
      startApplication(gateway, {
        tenantId: 't',
        applicationId: 'a',
        borrowerId: 'b',
        product: 'cash-loan',
        requestedFen: 1,
        clock: REAL_TIME,
      }),
  ],
  [
    'the start of an incident',
    (gateway) => startIncident(gateway, { tenantId: 't', incidentId: 'i', clock: REAL_TIME }),
  ],
  [
    'the start of a review',
    (gateway) =>
      startTemplateReview(gateway, {
        tenantId: 't',
        kind: 'due-soon',
        version: 1,
        submittedBy: 's',
        requiredProviders: [],
        clock: REAL_TIME,
      }),
  ],
  ['the start of an account', (gateway) => accountClient(gateway, account).start()],
  ['the start of housekeeping', (gateway) => startHousekeeping(gateway, { tenantId: 't' })],
  ['the ring of a lane', (gateway) => wakeLane(gateway, LANE)],
  ['the ring of a lane that debits', (gateway) => wakeDebitLane(gateway, LANE)],
  ['a signal to who runs', (gateway) => gateway.signal('revolving/t/a', clockMoved, REAL_TIME)],
  ['a query', (gateway) => gateway.query('revolving/t/a', accountState)],
];

async function toldOf(call: () => Promise<unknown>) {
  const thrown = await call().then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (!(thrown instanceof OutcomeUnknown || thrown instanceof Unreachable)) return thrown;
  // As the API says it; a command has words of its own, and an activity is tried again.
  const { problem, headers } = problemOf(thrown) ?? {};
  if (!problem || !headers) return thrown;
  return { status: problem.status, type: problem.type, again: headers['Retry-After'] !== undefined };
}

const AGAIN = { status: 503, type: 'urn:creditloom:problem:unavailable', again: true };

it.each(CALLS.flatMap(([what, call]) => CODES.map((code) => [what, code, call] as const)))(
  '%s that fails with the code %i is to be sent again',
  async (what, code, call) => {
    const isStarted = code === 6 && /start of/.test(what);
    // A running or ended one is the same one: `ALREADY_EXISTS` says that a start has come before.
    const expected = isStarted || (code === 6 && what === 'a start') ? { value: undefined } : AGAIN;
    expect(await toldOf(() => call(fails(grpcFault(code))))).toEqual(expected);
  },
);

it.each(CALLS)('%s that fails in the client itself is to be sent again', async (_, call) => {
  expect(await toldOf(() => call(fails(new TypeError('of the test'))))).toEqual(AGAIN);
});

it.each(UPDATES)('%s of a workflow that is not there is told as such', async (_, call) => {
  expect(await toldOf(() => call(fails(grpcFault(NOT_FOUND))))).toEqual({ value: { status: 'not-running' } });
});

it('a signal to a workflow that is not there is told as such', async () => {
  const gateway = fails(grpcFault(NOT_FOUND));
  expect(await toldOf(() => gateway.signal('revolving/t/a', clockMoved, REAL_TIME))).toEqual({ value: 'not-running' });
});

it('a look at a workflow that is not there finds nothing', async () => {
  expect(await fails(grpcFault(NOT_FOUND)).query('revolving/t/a', accountState)).toBeUndefined();
});

const FAILURES: [string, object, unknown][] = [
  [
    'our own validator',
    { applicationFailureInfo: { type: UPDATE_REFUSED } },
    { value: { status: 'rejected', detail: 'why' } },
  ],
  [
    'a workflow that ended before its answer',
    { applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true } },
    { value: { status: 'not-running' } },
  ],
  ['a plain error', { applicationFailureInfo: { type: 'Error' } }, AGAIN],
  ['an error without a type', { applicationFailureInfo: {} }, AGAIN],
  ['a refusal of an activity', { applicationFailureInfo: { type: 'InvalidInput' } }, AGAIN],
  ['an update that is not known', { applicationFailureInfo: { type: 'ReferenceError' } }, AGAIN],
  ['an update that no worker took up', { applicationFailureInfo: { type: 'UnprocessedUpdate' } }, AGAIN],
  ['a type that only looks like ours', { applicationFailureInfo: { type: UPDATE_REFUSED.toLowerCase() } }, AGAIN],
  ['a server', { serverFailureInfo: { nonRetryable: true } }, AGAIN],
  ['a timeout', { timeoutFailureInfo: {} }, AGAIN],
  ['a cancellation', { canceledFailureInfo: {} }, AGAIN],
  ['a termination', { terminatedFailureInfo: {} }, AGAIN],
  ['a reset', { resetWorkflowFailureInfo: {} }, AGAIN],
  [
    'an activity, caused by what a validator throws',
    {
      activityFailureInfo: { activityType: { name: 'x' }, activityId: '1' },
      cause: { message: 'why', applicationFailureInfo: { type: UPDATE_REFUSED } },
    },
    AGAIN,
  ],
  ['nothing that is told', {}, AGAIN],
];

it.each(UPDATES.flatMap(([what, call]) => FAILURES.map(([by, info, told]) => [what, by, call, info, told] as const)))(
  '%s that is failed by %s',
  async (_what, _by, call, info, told) => {
    const updateRef = { workflowExecution: { workflowId: 'revolving/t/a', runId: 'run' }, updateId: 'key' };
    const updated = { stage: 3, updateRef, outcome: { failure: { message: 'why', ...info } } };
    const both = { ...updated, responses: [{ startWorkflow: { runId: 'run' } }, { updateWorkflow: updated }] };
    expect(await toldOf(() => call(gatewayOn(() => both)))).toEqual(told);
  },
);
