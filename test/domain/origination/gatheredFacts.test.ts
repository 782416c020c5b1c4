/** What sources showed, put together: who goes before whom, what is too old, and that a gap never approves. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ALL_SOURCE_KINDS,
  figureNamesOf,
  type SourceKind,
  SUPPLIED_KINDS,
  type SuppliedKind,
} from '../../../src/domain/origination/dataSources';
import { FIGURE_FORMS } from '../../../src/domain/origination/figureForms';
import {
  assessGathered,
  gatherFacts,
  kindsToAsk,
  type SeenRecord,
  usableRecords,
} from '../../../src/domain/origination/gatheredFacts';
import { MOST_ROUNDS, nextRoundAtMs, roundsOf } from '../../../src/domain/origination/sourceRounds';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy, SourcesPolicy } from '../../../src/domain/policy/lendingPolicy';
import { assess } from '../../../src/domain/risk/assess';
import type { AssessmentInput, ProvedFigures } from '../../../src/domain/risk/assessment';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/values/timeUnits';

const NOW_MS = Date.parse('2026-03-02T01:00:00Z');
const SOURCES: SourcesPolicy = {
  required: SUPPLIED_KINDS.map((kind) => ({ kind, freshDays: 30 })),
  retryAfterMinutes: [5, 60],
  deadlineHours: 48,
};
const POLICY: LendingPolicy = { ...defaultPolicy, assessment: { ...defaultPolicy.assessment, sources: SOURCES } };
const REQUEST = { product: 'cash-loan', requestedFen: 1_000_000 } as const;
const SOUND: AssessmentInput = {
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyIncomeFen: 2_000_000,
    monthlyDebtServiceFen: 100_000,
    unsecuredDebtFen: 0,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 0,
  },
  behaviour: { monthsOnPlatform: 60, monthlySpendFen: 400_000, onTimePaymentRatio: '0.99', refundRatio: '0.01' },
};
const SHOWS: Record<SourceKind, ProvedFigures> = {
  application: SOUND,
  identity: { identity: SOUND.identity },
  'financial-record': { finances: SOUND.finances },
  consumption: { behaviour: SOUND.behaviour },
};

function record(sourceKind: SourceKind, changes: Partial<SeenRecord> = {}): SeenRecord {
  const figures = SHOWS[sourceKind];
  return {
    recordId: `r-${sourceKind}`,
    sourceKind,
    status: 'complete',
    missing: [],
    figures,
    seenAtMs: NOW_MS,
    ...changes,
  };
}

/** Without the named figures. */
function partial(kind: SuppliedKind, missing: readonly string[]): SeenRecord {
  const figures = Object.fromEntries(
    Object.entries(SHOWS[kind]).map(([group, fields]) => [
      group,
      Object.fromEntries(Object.entries(fields ?? {}).filter(([field]) => !missing.includes(`${group}.${field}`))),
    ]),
  );
  return record(kind, { status: 'partial', missing, figures });
}

describe('what sources showed', () => {
  it('knows a form for each figure that a kind may bring, and each figure has one supplier', () => {
    const supplied = SUPPLIED_KINDS.flatMap(figureNamesOf);
    expect([...supplied].sort()).toEqual(Object.keys(FIGURE_FORMS).sort());
    expect([...figureNamesOf('application')].sort()).toEqual([...supplied].sort());
  });

  it('is judged as what an application tells, where all of it is there', () => {
    const gathered = gatherFacts(
      ALL_SOURCE_KINDS.map((kind) => record(kind)),
      { sources: SOURCES, refused: [] },
    );
    expect(gathered).toEqual({ facts: SOUND, gaps: [], isRefused: false });
    expect(assessGathered(gathered, REQUEST, POLICY)).toEqual(assess(SOUND, REQUEST, POLICY));
  });

  it('without sources in the policy it is what the application tells, as ever', () => {
    const gathered = gatherFacts([record('application')], { sources: undefined, refused: [] });
    expect(assessGathered(gathered, REQUEST, defaultPolicy)).toEqual(assess(SOUND, REQUEST, defaultPolicy));
    expect(usableRecords([record('identity')], { sources: undefined, atMs: NOW_MS })).toEqual([]);
  });

  it('takes no figure from a source of another kind', () => {
    const stray = record('identity', { figures: { ...SHOWS.identity, finances: { openOverdue: true } } });
    const { facts } = gatherFacts([stray, record('financial-record')], { sources: SOURCES, refused: [] });
    expect(facts.finances.openOverdue).toBe(false);
  });

  it('goes before what was told, which stands in for nobody', () => {
    const told = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: 9_000_000 } };
    const records = [record('application', { figures: told }), record('identity'), record('consumption')];
    const { facts, gaps } = gatherFacts(records, { sources: SOURCES, refused: [] });
    expect(facts.finances).toEqual({});
    expect(gaps).toEqual([{ kind: 'financial-record', why: 'not-seen' }]);
    const seen = gatherFacts([...records, record('financial-record')], { sources: SOURCES, refused: [] });
    expect(seen.facts.finances.monthlyIncomeFen).toBe(SOUND.finances.monthlyIncomeFen);
    // A kind that the policy does not ask for is what the application tells.
    const onlyIdentity = { ...SOURCES, required: [{ kind: 'identity' as const, freshDays: 30 }] };
    expect(gatherFacts(records, { sources: onlyIdentity, refused: [] }).facts.finances.monthlyIncomeFen).toBe(
      9_000_000,
    );
  });

  it('is the newest that is fresh, and a complete one before a partial one', () => {
    const of = (...seen: SeenRecord[]) =>
      usableRecords(seen, { sources: SOURCES, atMs: NOW_MS }).map(({ recordId }) => recordId);
    const old = record('consumption', { recordId: 'old', seenAtMs: NOW_MS - 30 * DAY_MS });
    const older = record('consumption', { recordId: 'older', seenAtMs: NOW_MS - 29 * DAY_MS });
    const newer = record('consumption', { recordId: 'newer', seenAtMs: NOW_MS - DAY_MS });
    const half = record('consumption', { recordId: 'half', status: 'partial', missing: ['behaviour.refundRatio'] });
    expect(of(old)).toEqual([]);
    expect(of(older, newer)).toEqual(['newer']);
    expect(of(newer, half)).toEqual(['newer']);
    expect(of(old, half)).toEqual(['half']);
  });

  it('a knock-out that is known declines, whatever is missing', () => {
    const mismatched = record('identity', { figures: { identity: { check: 'mismatched', adult: true } } });
    const gathered = gatherFacts([mismatched], { sources: SOURCES, refused: [] });
    expect(assessGathered(gathered, REQUEST, POLICY)).toMatchObject({
      outcome: 'declined',
      reasonCodes: ['IDENTITY_MISMATCH'],
    });
  });

  it('never approves while any source has not shown all, and names each', () => {
    const state = fc.constantFrom('whole', 'missing', 'partial', 'stale', 'refused');
    fc.assert(
      fc.property(
        fc.tuple(state, state, state),
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (states, isTold, isOver, pick) => {
          const refused: SourceKind[] = [];
          const admitted = SUPPLIED_KINDS.flatMap((kind, at) => {
            const names = figureNamesOf(kind);
            if (states[at] === 'refused') refused.push(kind);
            if (states[at] === 'whole') return [record(kind)];
            if (states[at] === 'stale') return [record(kind, { seenAtMs: NOW_MS - 31 * DAY_MS })];
            return states[at] === 'partial' ? [partial(kind, [names[pick % names.length] ?? ''])] : [];
          });
          const told = isTold ? [record('application')] : [];
          const records = usableRecords([...told, ...admitted], { sources: SOURCES, atMs: NOW_MS });
          const gathered = gatherFacts(records, { sources: SOURCES, refused });
          const judged = assessGathered(gathered, REQUEST, POLICY, isOver);
          const lacking = SUPPLIED_KINDS.filter((_, at) => states[at] !== 'whole');
          expect(gathered.gaps.map(({ kind }) => kind)).toEqual(lacking);
          expect(judged.outcome).toBe(lacking.length === 0 ? 'approved' : 'referred');
          expect(judged.reasonCodes.filter((code) => code.endsWith('_SOURCE_INCOMPLETE'))).toHaveLength(lacking.length);
          expect(judged.reasonCodes.includes('NO_VALID_CONSENT')).toBe(refused.length > 0);
          expect(judged.reasonCodes.includes('SOURCE_DEADLINE_PASSED')).toBe(isOver && lacking.length > 0);
          if (lacking.length > 0) expect(judged).toMatchObject({ limitFen: 0, dailyRate: '0' });
          expect(kindsToAsk(gathered)).toEqual(lacking.filter((kind) => !refused.includes(kind)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never approves what the application told without a consent', () => {
    const gathered = gatherFacts([], { sources: undefined, refused: ['application'] });
    expect(assessGathered(gathered, REQUEST, defaultPolicy)).toMatchObject({
      outcome: 'referred',
      reasonCodes: expect.arrayContaining(['NO_VALID_CONSENT', 'MISSING_INCOME']),
    });
  });
});

describe('rounds', () => {
  it('follow the pauses in turn, the last again and again, and end at the deadline', () => {
    const endsAtMs = NOW_MS + 48 * HOUR_MS;
    const next = (round: number, askedAtMs: number) =>
      nextRoundAtMs(SOURCES, { round, askedAtMs, receivedAtMs: NOW_MS });
    expect(next(1, NOW_MS)).toBe(NOW_MS + 5 * MINUTE_MS);
    expect(next(2, NOW_MS)).toBe(NOW_MS + HOUR_MS);
    expect(next(9, NOW_MS)).toBe(NOW_MS + HOUR_MS);
    expect(next(9, endsAtMs - MINUTE_MS)).toBe(endsAtMs);
    expect(next(9, endsAtMs)).toBeUndefined();
  });

  it('are as many as a policy may bring about', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 30, max: 600 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 200 }),
        (retryAfterMinutes, deadlineHours) => {
          const sources = { ...SOURCES, retryAfterMinutes, deadlineHours };
          let rounds = 1;
          for (let at: number | undefined = NOW_MS; at !== undefined; rounds += 1) {
            at = nextRoundAtMs(sources, { round: rounds, askedAtMs: at, receivedAtMs: NOW_MS });
          }
          expect(rounds - 1).toBeLessThanOrEqual(roundsOf(sources) + 1);
        },
      ),
    );
    expect(roundsOf(SOURCES)).toBeLessThanOrEqual(MOST_ROUNDS);
  });
});
