/** The table of workflow types: what does not follow it does not compile, and each type is started as its row says. */
import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { lookAgain } from '../src/contracts';
import { accountClient } from '../src/contracts/credit/accountClient';
import type { WorkflowGateway } from '../src/contracts/gateway';
import { startIncident } from '../src/contracts/incidents/incidentClient';
import { laneLooksEveryMs, wakeDebitLane, wakeLane } from '../src/contracts/messaging/laneClients';
import { startTemplateReview } from '../src/contracts/messaging/templateReviewClient';
import { startHousekeeping } from '../src/contracts/operations/housekeepingClient';
import { startApplication } from '../src/contracts/origination/applicationClient';
import { startModelReview } from '../src/contracts/risk/modelReviewClient';
import { type WorkflowFunctions, workflowIds } from '../src/contracts/workflowTypes';
import { createActorSeals } from '../src/db/evidence/actorSeals';
import { REAL_TIME } from '../src/domain/values/clock';
import { actingAs } from '../src/platform/signedGateway';
import { createTemporalGateway } from '../src/platform/temporalGateway';
import * as workflows from '../src/workflows';

interface Started {
  call: string;
  type: string;
  options: Record<string, unknown>;
}

/** A client of Temporal that notes how it was asked to start. */
function notingClient(): { client: Client; started: Started[] } {
  const started: Started[] = [];
  const note = (call: string) => async (type: string, options: Record<string, unknown>) => {
    started.push({ call, type, options });
  };
  const client = {
    withDeadline: (_deadline: number, run: () => unknown) => run(),
    workflow: { start: note('start'), signalWithStart: note('signalWithStart') },
  };
  return { client: client as unknown as Client, started };
}

const clock = REAL_TIME;
const LANE = { tenantId: 't', lane: 3, clock, lookEveryMs: 86_400_000 };
const APPLICATION = {
  tenantId: 't',
  applicationId: 'a',
  borrowerId: 'b',
  product: 'cash-loan' as const,
  requestedFen: 500_000,
  clock,
};
const CARD = { tenantId: 't', accountId: 'a-1', product: 'revolving' as const, clock };
const REVIEW = {
  tenantId: 't',
  kind: 'due-soon' as const,
  version: 2,
  submittedBy: 's',
  requiredProviders: [],
  clock,
};

type Row = [string, (gateway: WorkflowGateway) => Promise<unknown>, Partial<Started> & { options: object }];

const STARTS: Row[] = [
  [
    'an application is judged once',
    (gateway) => startApplication(gateway, APPLICATION),
    {
      call: 'start',
      type: 'application',
      options: { workflowId: 'application/t/a', workflowIdReusePolicy: 'REJECT_DUPLICATE' },
    },
  ],
  [
    'an account is opened once',
    (gateway) => accountClient(gateway, CARD).start(),
    {
      call: 'start',
      type: 'revolvingAccount',
      options: { workflowId: 'revolving/t/a-1', workflowIdReusePolicy: 'REJECT_DUPLICATE' },
    },
  ],
  [
    'an account that has ended lives again for a message',
    (gateway) => accountClient(gateway, { ...CARD, product: 'cash-loan' }).signal(lookAgain),
    {
      call: 'signalWithStart',
      type: 'cashLoan',
      options: {
        workflowId: 'cash-loan/t/a-1',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        signal: 'lookAgain',
        signalArgs: [],
      },
    },
  ],
  [
    'a lane is started by its first ring',
    (gateway) => wakeLane(gateway, LANE),
    { call: 'signalWithStart', type: 'noticeLane', options: { workflowId: 'notice-lane/t/3', signal: 'laneRung' } },
  ],
  [
    'a lane that debits too',
    (gateway) => wakeDebitLane(gateway, LANE),
    { call: 'signalWithStart', type: 'debitLane', options: { workflowId: 'debit-lane/t/3', signal: 'debitLaneRung' } },
  ],
  [
    'housekeeping is started again where it has ended',
    (gateway) => startHousekeeping(gateway, { tenantId: 't' }),
    {
      call: 'start',
      type: 'housekeeping',
      options: { workflowId: 'housekeeping/t', workflowIdReusePolicy: 'ALLOW_DUPLICATE' },
    },
  ],
  [
    'an incident that was terminated lives again',
    (gateway) => startIncident(gateway, { tenantId: 't', incidentId: 'i', clock }),
    {
      call: 'start',
      type: 'incident',
      options: { workflowId: 'incident/t/i', workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY' },
    },
  ],
  [
    'a text is reviewed once',
    (gateway) => startTemplateReview(gateway, REVIEW),
    {
      call: 'start',
      type: 'templateReview',
      options: { workflowId: 'template-review/t/due-soon/2', workflowIdReusePolicy: 'REJECT_DUPLICATE' },
    },
  ],
  [
    'a model that was terminated lives again',
    (gateway) => startModelReview(gateway, { tenantId: 't', card: 'expert', version: '2026-01', clock }),
    {
      call: 'start',
      type: 'modelReview',
      options: {
        workflowId: 'model-review/t/expert/2026-01',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      },
    },
  ],
];

describe('a start', () => {
  it.each(STARTS)('%s', async (_what, start, expected) => {
    const { client, started } = notingClient();
    await start(createTemporalGateway(client));
    expect(started).toMatchObject([expected]);
    // Where it runs it is joined.
    if (expected.call === 'start')
      expect(started[0]?.options).toMatchObject({ workflowIdConflictPolicy: 'USE_EXISTING' });
    expect(started[0]?.options).toMatchObject({ taskQueue: 'creditloom', staticSummary: expect.any(String) });
  });

  it('takes no more of a row of the books than the workflow is told', async () => {
    const { client, started } = notingClient();
    const row = { ...CARD, borrowerId: 'b', mandateId: 'm' };
    await accountClient(createTemporalGateway(client), row).start();
    expect(started[0]?.options).toMatchObject({ args: [{ tenantId: 't', accountId: 'a-1', clock }] });
    expect(JSON.stringify(started)).not.toContain('borrowerId');
  });

  it('of an application is signed, and of nothing else', async () => {
    const actors = createActorSeals('a secret of the tests only');
    for (const [, start, { type = '', call }] of STARTS) {
      const { client, started } = notingClient();
      const gateway = createTemporalGateway(client);
      await start(actingAs({ gateway, actors, principal: 'staff:lin', now: () => 1 }));
      const [input] = (started[0]?.options.args ?? []) as [Record<string, unknown>];
      expect([type, call, input?.actor !== undefined]).toEqual([type, call, type === 'application']);
    }
  });
});

describe('a lane', () => {
  it('looks by itself each business day, and on a fast clock as often as there is time for', () => {
    expect(laneLooksEveryMs(REAL_TIME)).toBe(86_400_000);
    expect(laneLooksEveryMs({ speed: 60 })).toBe(86_400_000);
    expect(laneLooksEveryMs({ speed: 105_120 })).toBe(5_000 * 105_120);
  });
});

describe('the table', () => {
  it('holds the index of the workflows when it is compiled', () => {
    const { housekeeping: _, ...others } = workflows;
    // @ts-expect-error A row without a workflow.
    others satisfies WorkflowFunctions;
    // @ts-expect-error A workflow without a row.
    const more = { ...workflows, another: async () => undefined } satisfies Record<keyof WorkflowFunctions, unknown>;
    expect(Object.keys(more)).toHaveLength(Object.keys(workflowIds).length + 1);
    workflows satisfies WorkflowFunctions;
  });

  it('says who is started by a message when it is compiled', () => {
    const compiledOnly = async (gateway: WorkflowGateway) => {
      // @ts-expect-error An incident is never started by one.
      await gateway.signalWithStart({ type: 'incident', input: { tenantId: 't', incidentId: 'i', clock } }, lookAgain);
      // @ts-expect-error Another type's input.
      await gateway.start('noticeLane', { tenantId: 't' });
      // @ts-expect-error No such type.
      await gateway.start('another', { tenantId: 't' });
      // @ts-expect-error The version is a number.
      return workflowIds.templateReview('t', 'due-soon', '2');
    };
    expect(compiledOnly).toBeInstanceOf(Function);
  });
});
