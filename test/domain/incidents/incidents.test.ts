/** What an incident stops and for whom, who may go on, and which deadlines run. */
import { describe, expect, it } from '@jest/globals';
import {
  approvalOf,
  deadlinesOf,
  type GuardedAction,
  type Incident,
  type IncidentScope,
  MEASURES,
  type Measure,
  type MeasuresInForce,
  stoppedBy,
  unenforceable,
  widened,
} from '../../../src/domain/incidents/incidents';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const OPENED_MS = Date.UTC(2026, 10, 25, 1);

function inForce(incidentId: string, measures: Measure[], scope: IncidentScope = {}): MeasuresInForce {
  return { incidentId, measures, scope, exemptBorrowerIds: ['exempt'], remedyChannel: 'hotline' };
}

const INCIDENT: Incident = {
  stage: 'open',
  measures: ['notices'],
  scope: {},
  openedAtMs: OPENED_MS,
  liftedAtMs: undefined,
  firstApprovalBy: undefined,
  openAppeals: [],
  escalated: [],
};

describe('what is stopped', () => {
  it('nothing, while nothing is in force', () => {
    for (const measure of MEASURES) expect(stoppedBy([], { measure })).toBeUndefined();
  });

  it('only what the measures name', () => {
    const incidents = [inForce('i-1', ['draws', 'auto-debit'])];
    expect(MEASURES.map((measure) => stoppedBy(incidents, { measure }))).toEqual([undefined, 'i-1', 'i-1', undefined]);
  });

  const told: GuardedAction = {
    measure: 'notices',
    product: 'cash-loan',
    templateKind: 'due-soon',
    provider: 'north',
    region: '510100',
    segment: 'b',
  };
  it.each<[string, IncidentScope, GuardedAction, string | undefined]>([
    ['an empty scope is the whole tenant', {}, { measure: 'notices' }, 'i-1'],
    ['every field that is named must be the same', { product: 'cash-loan', provider: 'north' }, told, 'i-1'],
    ['one that differs leaves it', { product: 'cash-loan', provider: 'south' }, told, undefined],
    ['by template', { templateKind: 'due-soon' }, told, 'i-1'],
    ['by another template', { templateKind: 'due-today' }, told, undefined],
    ['by region and segment', { region: '51', segment: 'b' }, told, 'i-1'],
    ['by a city', { region: '510100' }, told, 'i-1'],
    ['by another city of the province', { region: '510700' }, told, undefined],
    ['by another segment', { segment: 'a' }, told, undefined],
    ['what is not known of the deed is not stopped', { provider: 'north' }, { measure: 'notices' }, undefined],
    ['a field without a value narrows nothing', { provider: undefined }, { measure: 'notices' }, 'i-1'],
  ])('%s', (_, scope, deed, expected) => {
    expect(stoppedBy([inForce('i-1', ['notices'], scope)], deed)).toBe(expected);
  });

  it('not the borrower whose appeal was upheld, unless another incident stops it', () => {
    const deed: GuardedAction = { measure: 'draws', borrowerId: 'exempt' };
    expect(stoppedBy([inForce('i-1', ['draws'])], deed)).toBeUndefined();
    expect(stoppedBy([inForce('i-1', ['draws'])], { ...deed, borrowerId: 'b-2' })).toBe('i-1');
    const other = { ...inForce('i-2', ['draws']), exemptBorrowerIds: [] };
    expect(stoppedBy([inForce('i-1', ['draws']), other], deed)).toBe('i-2');
  });

  it('a scope that could not be compared where a measure is enforced is told', () => {
    expect(unenforceable(['notices'], { region: 'east', provider: 'north', segment: 'b' })).toBeUndefined();
    expect(unenforceable(MEASURES, { product: 'revolving' })).toBeUndefined();
    expect(unenforceable(['notices', 'draws'], { region: 'east' })).toEqual({ measure: 'draws', field: 'region' });
    expect(unenforceable(['auto-debit'], { provider: 'north' })).toEqual({ measure: 'auto-debit', field: 'provider' });
  });
});

describe('a change by one person', () => {
  const narrow = { ...INCIDENT, measures: ['draws'] as Measure[], scope: { product: 'cash-loan' } as IncidentScope };
  it.each<[string, Parameters<typeof widened>[1], unknown]>([
    ['adds a measure', { measures: ['auto-debit', 'draws'] }, ['draws', 'auto-debit']],
    ['widens the scope', { measures: ['draws'], scope: {} }, ['draws']],
    ['cannot take a measure away', { measures: ['auto-debit'] }, 'stops-less'],
    ['cannot move the scope', { measures: ['draws'], scope: { product: 'revolving' } }, 'stops-less'],
    ['cannot narrow the scope', { measures: ['draws'], scope: { product: 'cash-loan', region: 'east' } }, 'stops-less'],
    ['changes something', { measures: ['draws'] }, 'nothing-new'],
  ])('%s', (_, change, expected) => {
    const result = widened(narrow, change);
    expect(typeof result === 'string' ? result : result.measures).toEqual(expected);
  });

  it('can be enforced, and comes while it is in force', () => {
    const byProvider: Incident = { ...INCIDENT, scope: { provider: 'north' } };
    expect(widened(byProvider, { measures: ['notices', 'draws'] })).toBe('unenforceable');
    expect(widened({ ...narrow, stage: 'resumed' }, { measures: ['draws', 'auto-debit'] })).toBe('not-in-force');
  });
});

describe('two different people resume', () => {
  it.each<[Incident['stage'], string | undefined, string, string]>([
    ['open', undefined, 'staff:1', 'needs-second-person'],
    ['acknowledged', undefined, 'staff:1', 'needs-second-person'],
    ['resuming', 'staff:1', 'staff:1', 'same-person'],
    ['resuming', 'staff:mei', 'Staff:MEI', 'unverified'],
    ['resuming', 'staff:mei', 'staff:MEI', 'same-person'],
    ['resuming', 'staff:1', 'staff:2', 'resumed'],
    ['resuming', 'staff:1', 'temporal:unverified', 'unverified'],
    ['open', undefined, 'temporal:unverified', 'unverified'],
    // A name from before there were principals is nobody's word.
    ['resuming', 'staff-1', 'staff:2', 'needs-second-person'],
    ['resumed', 'staff:1', 'staff:3', 'not-in-force'],
    ['reviewed', 'staff:1', 'staff:3', 'not-in-force'],
  ])('%s, approved by %s: %s gives %s', (stage, firstApprovalBy, by, expected) => {
    expect(approvalOf({ stage, firstApprovalBy }, by)).toBe(expected);
  });
});

describe('deadlines', () => {
  const of = (incident: Partial<Incident>) =>
    deadlinesOf({ ...INCIDENT, ...incident }).map(({ key, dueAtMs }) => [key, dueAtMs - OPENED_MS]);

  it('acknowledge and mitigate run from the opening', () => {
    expect(of({})).toEqual([
      ['escalation/acknowledge/1', 15 * MINUTE_MS],
      ['escalation/acknowledge/2', HOUR_MS],
      ['escalation/mitigate/1', 4 * HOUR_MS],
      ['escalation/mitigate/2', DAY_MS],
    ]);
    expect(of({ stage: 'resuming' }).map(([key]) => key)).toEqual(['escalation/mitigate/1', 'escalation/mitigate/2']);
  });

  it('review runs from the resumption, and nothing after the review', () => {
    const lifted = { stage: 'resumed', liftedAtMs: OPENED_MS + HOUR_MS } as const;
    expect(of(lifted)).toEqual([
      ['escalation/review/1', HOUR_MS + 3 * DAY_MS],
      ['escalation/review/2', HOUR_MS + 7 * DAY_MS],
    ]);
    expect(of({ ...lifted, stage: 'reviewed' })).toEqual([]);
  });

  it('each appeal that waits has its own, and what was told is not told again', () => {
    const openAppeals = [
      { appealId: 'a-1', borrowerId: 'b-1', filedAtMs: OPENED_MS + MINUTE_MS },
      { appealId: 'a-2', borrowerId: 'b-2', filedAtMs: OPENED_MS },
    ];
    const escalated = ['escalation/mitigate/1', 'escalation/mitigate/2', 'escalation/appeal/1/a-2'];
    expect(of({ stage: 'acknowledged', openAppeals, escalated })).toEqual([
      ['escalation/appeal/1/a-1', MINUTE_MS + DAY_MS],
      ['escalation/appeal/2/a-2', 3 * DAY_MS],
      ['escalation/appeal/2/a-1', MINUTE_MS + 3 * DAY_MS],
    ]);
  });
});
