/**
 * What sources showed, put together to what an application is judged by. Which source goes before which, what is too old,
 * and what is missing, by source and by figure. A figure of a kind that the policy asks for comes of that source alone:
 * what the applicant told stands in for nobody.
 */
import type { LendingPolicy, SourcesPolicy } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import { assess } from '../risk/assess';
import type { Assessment, AssessmentInput, ProvedFigures } from '../risk/assessment';
import type { CreditRequest } from '../risk/limits';
import { DAY_MS } from '../values/timeUnits';
import { ALL_SOURCE_KINDS, figureNamesOf, type SourceKind, type SourceStatus, type SuppliedKind } from './dataSources';

/** Of a stored copy what matters to a judgement. */
export interface SeenRecord {
  recordId: string;
  sourceKind: SourceKind;
  status: SourceStatus;
  /** Names of figures, such as `finances.monthlyIncomeFen`. */
  missing: readonly string[];
  figures: ProvedFigures;
  seenAtMs: number;
}

/** A kind that the policy asks for and that has not shown all, and why. */
interface SourceGap {
  kind: SuppliedKind;
  why: 'not-seen' | 'partial' | 'without-consent';
}

export interface GatheredFacts {
  facts: AssessmentInput;
  gaps: SourceGap[];
  /** Whether something was there and could not be used, because no consent for it was valid. */
  isRefused: boolean;
}

/**
 * The record of each kind that a judgement may use: the newest that is fresh, and a complete one before a partial one.
 * What of these has a valid consent, the database says when they are to enter the decision.
 */
export function usableRecords<Seen extends SeenRecord>(
  records: readonly Seen[],
  { sources, atMs }: { sources: SourcesPolicy | undefined; atMs: number },
): Seen[] {
  const isFresh = ({ sourceKind, seenAtMs }: Seen) => {
    const asked = sources?.required.find(({ kind }) => kind === sourceKind);
    if (!asked) return sourceKind === 'application';
    return seenAtMs + asked.freshDays * DAY_MS > atMs;
  };
  const newestFirst = records.filter(isFresh).sort((one, other) => other.seenAtMs - one.seenAtMs);
  return ALL_SOURCE_KINDS.flatMap((kind) => {
    const ofKind = newestFirst.filter(({ sourceKind }) => sourceKind === kind);
    return ofKind.find(({ status }) => status === 'complete') ?? ofKind[0] ?? [];
  });
}

/** Of the records that were let in, what is known; `refused` are the kinds of those that had no valid consent. */
export function gatherFacts(
  admitted: readonly SeenRecord[],
  { sources, refused }: { sources: SourcesPolicy | undefined; refused: readonly SourceKind[] },
): GatheredFacts {
  const required = sources?.required.map(({ kind }) => kind) ?? [];
  const suppliers = new Set(required.flatMap(figureNamesOf));
  const known = new Map<string, unknown>();
  // In the order in which the kinds speak.
  for (const kind of ALL_SOURCE_KINDS) {
    for (const { figures } of admitted.filter(({ sourceKind }) => sourceKind === kind)) {
      for (const name of figureNamesOf(kind)) {
        const value = figureIn(figures, name);
        if (value !== undefined && !(kind === 'application' && suppliers.has(name))) known.set(name, value);
      }
    }
  }
  const gaps = required.flatMap((kind) => gapOf(kind, admitted, refused));
  return { facts: inGroups(known), gaps, isRefused: refused.length > 0 };
}

function gapOf(kind: SuppliedKind, admitted: readonly SeenRecord[], refused: readonly SourceKind[]): SourceGap[] {
  if (refused.includes(kind)) return [{ kind, why: 'without-consent' }];
  const record = admitted.find(({ sourceKind }) => sourceKind === kind);
  if (!record) return [{ kind, why: 'not-seen' }];
  return record.status === 'partial' ? [{ kind, why: 'partial' }] : [];
}

/** Null, as JSON may hold it, is not known. */
function figureIn(figures: ProvedFigures, name: string): unknown {
  const [group = '', field = ''] = name.split('.');
  const fields: unknown = new Map(Object.entries(figures)).get(group);
  if (typeof fields !== 'object' || fields === null) return undefined;
  return new Map<string, unknown>(Object.entries(fields)).get(field) ?? undefined;
}

function inGroups(known: ReadonlyMap<string, unknown>): AssessmentInput {
  const of = (group: keyof AssessmentInput) =>
    Object.fromEntries(
      [...known]
        .filter(([name]) => name.startsWith(`${group}.`))
        .map(([name, value]) => [name.slice(group.length + 1), value]),
    );
  return { identity: of('identity'), finances: of('finances'), behaviour: of('behaviour') };
}

const INCOMPLETE: Record<SuppliedKind, ReasonCode> = {
  identity: 'IDENTITY_SOURCE_INCOMPLETE',
  'financial-record': 'FINANCIAL_SOURCE_INCOMPLETE',
  consumption: 'CONSUMPTION_SOURCE_INCOMPLETE',
};

/** Why a judgement waits for sources: the deadline that is past first, then each source, then a consent that lacks. */
function gapReasons({ gaps, isRefused }: GatheredFacts, isOver: boolean): ReasonCode[] {
  return [
    ...(isOver && gaps.length > 0 ? (['SOURCE_DEADLINE_PASSED'] as const) : []),
    ...gaps.map(({ kind }) => INCOMPLETE[kind]),
    ...(isRefused ? (['NO_VALID_CONSENT'] as const) : []),
  ];
}

/**
 * The judgement of what was gathered. What is known may decline; while a source that the policy asks for has not shown
 * all, or something had no valid consent, nothing is approved: it is referred, with what is missing by source and figure.
 */
export function assessGathered(
  gathered: GatheredFacts,
  request: CreditRequest,
  policy: LendingPolicy,
  isOver = false,
): Assessment {
  const judged = assess(gathered.facts, request, policy);
  const reasons = gapReasons(gathered, isOver);
  if (reasons.length === 0 || judged.outcome === 'declined') return judged;
  const found = judged.outcome === 'referred' ? judged.reasonCodes : [];
  return { ...judged, outcome: 'referred', reasonCodes: [...reasons, ...found], limitFen: 0, dailyRate: '0' };
}

/** Kinds that it helps to ask again: without a consent nobody is asked. */
export function kindsToAsk({ gaps }: GatheredFacts): SuppliedKind[] {
  return gaps.filter(({ why }) => why !== 'without-consent').map(({ kind }) => kind);
}
