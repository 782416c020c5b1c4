/** The step of an incident as its workflow tries it: a try that died after its commit is tried again. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createIncidentActivities } from '../../../src/activities/incidents/incidents';
import type { IncidentMessage } from '../../../src/contracts/activities';
import { workflowIds } from '../../../src/contracts/names';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { inTransaction } from '../../../src/db/transaction';
import { ACTORS } from '../servicedAccounts';
import { LANE, MINUTE_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let rung: string[] = [];
let isTemporalAway = false;

const ring = (what: string) => async (_tenantId: string, lane: number) => {
  if (isTemporalAway) throw new Error('Temporal is away');
  rung.push(`${what} ${lane}`);
};

function advance(incidentId: string, message?: IncidentMessage, asOfMs = NOW_MS) {
  const { advanceIncident } = createIncidentActivities({
    pool: database.pool,
    actors: ACTORS,
    lanes: 2,
    wakeLane: ring('notices'),
    wakeDebitLane: ring('debits'),
  });
  return advanceIncident({ tenantId: TENANT, incidentId, asOfMs, message });
}

const start = (incidentId: string) =>
  advance(incidentId, {
    key: 'start',
    kind: 'start',
    opening: { by: 'staff-1', measures: ['draws'], reasonCode: 'WRONG_AMOUNTS', remedyChannel: 'hotline' },
  });
const approval = (incidentId: string, key: string, principal: string): IncidentMessage => {
  const sent = { workflowId: workflowIds.incident(TENANT, incidentId), name: 'approveResume', message: { by: 'lin' } };
  const approved = ACTORS.signed(sent, { principal, issuedAtMs: 1, messageId: key });
  return { key, kind: 'resume-approval', approval: approved };
};
const kindsOf = async (incidentId: string) =>
  (await readIncidentEvents(database.pool, { tenantId: TENANT, incidentId })).map(({ kind }) => kind);

beforeEach(() => {
  rung = [];
  isTemporalAway = false;
});

describe('a step that is tried again', () => {
  it('opens, approves and resumes once, and answers as it did before', async () => {
    await start('again');
    expect(await start('again')).toMatchObject({ answer: { status: 'accepted' }, state: { stage: 'open' } });
    for (const _ of ['first', 'again']) {
      const { answer } = (await advance('again', approval('again', 'u-1', 'staff:1'))) as { answer: object };
      expect(answer).toEqual({ status: 'needs-second-person', stage: 'resuming' });
    }
    for (const _ of ['first', 'again']) {
      const { answer } = (await advance('again', approval('again', 'u-2', 'staff:2'))) as { answer: object };
      expect(answer).toEqual({ status: 'resumed', stage: 'resumed' });
    }
    expect(await kindsOf('again')).toEqual(['opened', 'resume-approved', 'resumed']);
  });

  it('rings every lane after a first try that was committed and could ring none', async () => {
    await inTransaction(database.pool, async (client) => {
      const ref = await openAccount(client, 'debited');
      const debits = [{ obligationKey: 'instalment-1', dueDate: '2026-04-02', atMs: NOW_MS }];
      await planDebits(client, { ...ref, lane: LANE, debits });
    });
    await start('rings');
    await advance('rings', approval('rings', 'u-1', 'staff:1'));
    expect(rung).toEqual([]);
    isTemporalAway = true;
    await expect(advance('rings', approval('rings', 'u-2', 'staff:2'))).rejects.toThrow('Temporal is away');
    isTemporalAway = false;
    await advance('rings', approval('rings', 'u-2', 'staff:2'));
    expect(rung.sort()).toEqual([`debits ${LANE}`, 'notices 0', 'notices 1']);
  });

  it('tells of a missed deadline once, before what is told at the same instant', async () => {
    await start('late');
    const message: IncidentMessage = { key: 'u-1', kind: 'acknowledgement', acknowledgement: { by: 'staff-1' } };
    await advance('late', message, NOW_MS + 15 * MINUTE_MS);
    await advance('late', undefined, NOW_MS + 16 * MINUTE_MS);
    expect(await kindsOf('late')).toEqual(['opened', 'escalated', 'acknowledged']);
  });

  it('keeps who sent it and, beside, the name that was said', async () => {
    await start('named');
    await advance('named', approval('named', 'u-1', 'staff:Mei'));
    const [opened, approved] = await readIncidentEvents(database.pool, { tenantId: TENANT, incidentId: 'named' });
    expect(opened).toMatchObject({ by: 'temporal:unverified', body: { saidBy: 'staff-1' } });
    expect(approved).toMatchObject({ by: 'staff:Mei', body: { saidBy: 'lin' } });
    const again = (await advance('named', approval('named', 'u-2', 'staff:mei'))) as { answer: object };
    expect(again.answer).toMatchObject({ status: 'refused', refusal: 'same-person' });
  });

  it('counts an approval of another incident, another update or no key for nothing', async () => {
    await start('whole');
    const unsigned: IncidentMessage = { key: 'u-1', kind: 'resume-approval', approval: { by: 'staff:1' } };
    const ofOther = approval('again', 'u-2', 'staff:1');
    const ofBefore = { ...approval('whole', 'u-3', 'staff:1'), key: 'u-4' };
    for (const message of [unsigned, ofOther, ofBefore]) {
      const { answer } = (await advance('whole', message)) as { answer: object };
      expect(answer).toMatchObject({ status: 'refused', refusal: 'unverified' });
    }
    expect(await kindsOf('whole')).toEqual(['opened']);
  });
});
