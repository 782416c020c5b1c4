/** What the commands on incidents do: opening and reading in the books, everything else through the workflow. */
import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import type { Pool } from 'pg';
import type { UpdateOutcome, WorkflowGateway } from '../../contracts/gateway';
import {
  appeal,
  type IncidentAnswer,
  type IncidentAppeal,
  type PersonalOpening,
} from '../../contracts/incidents/incident';
import { incidentClient, startIncident } from '../../contracts/incidents/incidentClient';
import { readIncidentEvents } from '../../db/incidents/incidentEvents';
import { openIncident } from '../../db/incidents/incidentOpenings';
import { listIncidents, readIncident } from '../../db/incidents/incidents';
import { isKnownBorrower } from '../../db/origination/borrowers';
import { inTransaction } from '../../db/transaction';
import { businessTimeMs } from '../../domain/values/clock';
import { currentBusinessClock } from '../../platform/businessClock';
import { OutcomeUnknown } from '../../platform/outcomeUnknown';
import { actingAs } from '../../platform/signedGateway';
import { ArgumentError } from '../arguments';
import type { Operator } from '../operations/operator';
import { incidentLine, incidentLines } from './incidentTables';

interface IncidentSurroundings {
  pool: Pool;
  tenantId: string;
  /** Connects; undefined where no Temporal is named. */
  temporal(): Promise<WorkflowGateway | undefined>;
  /** Who acts; throws without a key. */
  operator(): Promise<Operator>;
}

/** What a command found: as data, as lines, and whether it was refused. */
export interface Found {
  data: object;
  lines: string[];
  isRefused: boolean;
}

/** A message without who sends it, which the key says; a name may stand beside it. */
export type UnnamedMessage<Message> = Omit<Message, 'by' | 'actor'> & { by?: string | undefined };

export type Work = (surroundings: IncidentSurroundings) => Promise<Found>;

const LISTED = 200;

/** In force with its commit; a workflow that cannot be started now is started by the next look of a worker. */
export function opening({ by: said, ...asked }: UnnamedMessage<PersonalOpening>, key: string | undefined): Work {
  return async ({ pool, tenantId, temporal, operator }) => {
    const { principal } = await operator();
    const clock = await currentBusinessClock(pool);
    const openingKey = `command/${key ?? randomUUID()}`;
    const { incidentId } = await inTransaction(pool, (client) =>
      openIncident(client, {
        tenantId,
        dedupeKey: openingKey,
        openingKey,
        ...asked,
        openedBy: { kind: 'person' as const, id: principal },
        atMs: businessTimeMs(clock, Date.now()),
        ...(said === undefined ? {} : { body: { saidBy: said } }),
      }),
    );
    const workflow = await temporal()
      .then(async (gateway) => gateway && startIncident(gateway, { tenantId, incidentId, clock }).then(() => 'started'))
      .catch(() => undefined);
    const lines = [`${incidentId} is in force`, ...(workflow ? [] : ['its workflow is started by a worker'])];
    return { data: { incidentId, workflow: workflow ?? 'pending' }, lines, isRefused: false };
  };
}

export function listing(onlyInForce: boolean): Work {
  return async ({ pool, tenantId }) => {
    const rows = await listIncidents(pool, { tenantId, limit: LISTED, onlyInForce });
    const lines = rows.length === 0 ? ['there are none'] : rows.map(incidentLine);
    return { data: { items: rows }, lines, isRefused: false };
  };
}

export function showing(incidentId: string): Work {
  return async ({ pool, tenantId }) => {
    const row = await known(pool, tenantId, incidentId);
    const events = await readIncidentEvents(pool, row);
    return { data: { ...row, timeline: events }, lines: incidentLines(row, events), isRefused: false };
  };
}

/** An update of the incident's workflow; one that nobody has started is started first. */
export function telling<Message>(
  incidentId: string,
  definition: UpdateDefinition<IncidentAnswer, [Message]>,
  said: UnnamedMessage<Message>,
  key: string | undefined,
): Work {
  return async ({ pool, tenantId, temporal, operator }) => {
    await known(pool, tenantId, incidentId);
    const { principal, actors } = await operator();
    const message = { ...said, by: said.by ?? principal } as Message;
    const unsigned = await temporal();
    if (!unsigned)
      throw new ArgumentError(
        'no `npm start` runs here, and TEMPORAL_ADDRESS is not set: set it, such as 127.0.0.1:7233',
      );
    const gateway = actingAs({ gateway: unsigned, actors: actors(), principal, now: () => Date.now() });
    const updateId = key ?? randomUUID();
    const incident = incidentClient(gateway, { tenantId, incidentId });
    const ask = () => incident.update(definition, message, updateId);
    let outcome: UpdateOutcome<IncidentAnswer>;
    try {
      outcome = await ask();
      if (outcome.status === 'not-running') {
        await startIncident(gateway, { tenantId, incidentId, clock: await currentBusinessClock(pool) });
        outcome = await ask();
      }
    } catch (error) {
      if (error instanceof OutcomeUnknown) return unclear(updateId);
      throw error;
    }
    if (outcome.status === 'rejected') throw new ArgumentError(outcome.detail);
    if (outcome.status === 'not-running') {
      return { data: { status: 'ended' }, lines: [`${incidentId} has ended`], isRefused: true };
    }
    const { answer } = outcome;
    const isRefused = answer.status === 'refused';
    const words = answer.status === 'refused' ? `refused: ${answer.refusal}` : answer.status;
    return { data: answer, lines: [`${words}; ${incidentId} is ${answer.stage}`], isRefused };
  };
}

/** Whoever gave a command has no header to repeat: the key makes the same command again the same write. */
function unclear(key: string): Found {
  const words =
    'no clear answer of Temporal came, so it is not known whether this was done: give the same command again with ' +
    `--key ${key}; it is done once`;
  return { data: { status: 'unknown', key }, lines: [words], isRefused: true };
}

/** Of a borrower who is there; an applicant whom the incident turned away need not be, since nothing of it was kept. */
export function appealing(incidentId: string, filed: UnnamedMessage<IncidentAppeal>, key: string | undefined): Work {
  return async (surroundings) => {
    const { pool, tenantId } = surroundings;
    const { borrowerId } = filed;
    const { measures } = await known(pool, tenantId, incidentId);
    if (!measures.includes('applications') && !(await isKnownBorrower(pool, { tenantId, borrowerId }))) {
      throw new ArgumentError(`there is no borrower ${borrowerId}: correct --borrower`);
    }
    return telling(incidentId, appeal, filed, key)(surroundings);
  };
}

async function known(pool: Pool, tenantId: string, incidentId: string) {
  const row = await readIncident(pool, { tenantId, incidentId });
  if (!row) throw new ArgumentError(`there is no incident ${incidentId}; \`incident list\` shows what there is`);
  return row;
}
