/**
 * A card of points that was trained on data (tools/scorecard): data, not code. It says which raw columns it reads, how
 * each feature is derived from them, and what each bin is worth. Points are whole, so that every evaluator comes to the
 * same sum (docs/scorecards.md).
 */
import type { PointsScale } from '../scorecard';

/** A raw value: a number, a code of a category, or null where nothing is known. */
export type CardValue = number | string | null;
/** Raw values of one case, by the names of the card's columns. What is not there is not known. */
export type CardRow = Readonly<Record<string, CardValue | undefined>>;

/** What may stand in a raw column. */
export type CardColumn =
  | { name: string; kind: 'number' | 'code'; min: number; max: number }
  | { name: string; kind: 'category'; values: readonly string[] };

/**
 * How a feature comes of raw columns. Where an operand is not known, the result is not known either.
 * `ratio` is `otherwise` where the second is not above zero; `ranked` is the `place`-th smallest, from 1;
 * `firstAtLeast` is the place, from 0, of the first operand that reaches `atLeast`, or their number where none does.
 */
export type Derivation =
  | { column: string }
  | { sum: readonly Derivation[] }
  | { difference: readonly Derivation[] }
  | { ratio: readonly Derivation[]; otherwise: number }
  | { ranked: readonly Derivation[]; place: number }
  | { positive: Derivation }
  | { countAbove: readonly Derivation[]; above: number }
  | { firstAtLeast: readonly Derivation[]; atLeast: number };

/** Codes of its own, or numbers below a bound; without either it takes every other number. The first that fits counts. */
export interface CardBin {
  codes?: readonly (number | string)[] | undefined;
  below?: number | undefined;
  points: number;
}

export interface CardFeature {
  name: string;
  /** What it is, for people. */
  words: string;
  /** Code of the reason that it belongs to. */
  reason: string;
  derivation: Derivation;
  bins: readonly CardBin[];
  /** For what is not known, and for a code that no bin has: never more than the worst bin. */
  missingPoints: number;
}

/** Features of the same facts are one reason. `best` are values of these facts with which its features are at their best. */
interface CardReason {
  code: string;
  zh: string;
  en: string;
  best: Readonly<Record<string, number | string>>;
}

/** AUC and KS of some rows. */
interface Discrimination {
  auc: number;
  ks: number;
}

interface FairnessGroup {
  group: string;
  rows: number;
  /** Share at or above the cut-off. */
  passed: number;
  badRate: number;
  /** That share to the highest of the groups. */
  adverseImpactRatio: number;
}

/** What the training tool measured, and on what. Nothing of it decides. */
interface CardTraining {
  data: { source: string; sha256: string; rows: number; badRate: number };
  target: { column: string; bad: number };
  seed: number;
  folds: readonly (Discrimination & { rows: number; bads: number; features: number })[];
  mean: Discrimination;
  pooled: Discrimination;
  /**
   * Of the card itself on all rows, which it knows: higher than on rows that it has not seen. The digest is of all points
   * in the order of the rows, a line each, with one decimal.
   */
  allRows: Discrimination & { meanProbability: number; pointsSha256: string };
  /** Tenths of the rows out of fold, the riskiest first. */
  calibration: readonly { rows: number; expected: number; observed: number }[];
  fairness: readonly {
    name: string;
    column: string;
    codes?: Readonly<Record<string, readonly (number | string)[]>> | undefined;
    below?: readonly number[] | undefined;
    groups: readonly FairnessGroup[];
  }[];
  /** How much a column tells of those that only measure fairness: Cramér's V. */
  associations: readonly { column: string; isUsed: boolean; associations: Readonly<Record<string, number>> }[];
  versions: Readonly<Record<string, string>>;
}

export interface RiskCard {
  id: string;
  version: number;
  title: string;
  scale: PointsScale;
  basePoints: number;
  /** From this score on a case passes. */
  cutOff: number;
  columns: readonly CardColumn[];
  features: readonly CardFeature[];
  reasons: readonly CardReason[];
  /** Shares of the training rows by bands of the score: one more than there are bounds. */
  psiBaseline: { below: readonly number[]; shares: readonly number[] };
  trained: CardTraining;
}

export interface CardFault {
  path: string;
  /** What is wrong, and what mends it. */
  message: string;
}

/** What only shows across the fields of a card whose shape is right. None: every row can be scored by it. */
export function riskCardFaults(card: RiskCard): CardFault[] {
  return [
    ...card.features.flatMap((feature, at) => featureFaults(card, feature, `features.${at}`)),
    ...card.reasons.flatMap((reason, at) => reasonFaults(card, reason, `reasons.${at}`)),
    ...baselineFaults(card),
    ...protectedFaults(card),
    ...doubled(card.columns, 'columns'),
    ...doubled(card.features, 'features'),
  ];
}

/** The raw columns that a derivation reads. */
export function columnsOf(derivation: Derivation): string[] {
  if ('column' in derivation) return [derivation.column];
  return operandsOf(derivation).flatMap(columnsOf);
}

function operandsOf(derivation: Exclude<Derivation, { column: string }>): readonly Derivation[] {
  if ('sum' in derivation) return derivation.sum;
  if ('difference' in derivation) return derivation.difference;
  if ('ratio' in derivation) return derivation.ratio;
  if ('ranked' in derivation) return derivation.ranked;
  if ('positive' in derivation) return [derivation.positive];
  return 'countAbove' in derivation ? derivation.countAbove : derivation.firstAtLeast;
}

function featureFaults(card: RiskCard, feature: CardFeature, path: string): CardFault[] {
  const faults: CardFault[] = [];
  const isCategory = (name: string) => card.columns.some((each) => each.name === name && each.kind === 'category');
  for (const name of columnsOf(feature.derivation)) {
    if (!card.columns.some((column) => column.name === name)) {
      faults.push({ path: `${path}.derivation`, message: `reads ${name}: declare it in columns` });
    }
    if (isCategory(name) && !('column' in feature.derivation)) {
      faults.push({ path: `${path}.derivation`, message: `computes with ${name}, a category: take it as it is` });
    }
  }
  const worst = Math.min(...feature.bins.map(({ points }) => points));
  if (feature.missingPoints > worst) {
    faults.push({
      path: `${path}.missingPoints`,
      message: `is ${feature.missingPoints}, more than the worst bin: set at most ${worst}`,
    });
  }
  if (!card.reasons.some(({ code }) => code === feature.reason)) {
    faults.push({ path: `${path}.reason`, message: `is ${feature.reason}: add it to reasons` });
  }
  const isOfCategory = 'column' in feature.derivation && isCategory(feature.derivation.column);
  return [...faults, ...binFaults(feature.bins, isOfCategory, `${path}.bins`)];
}

function binFaults(bins: readonly CardBin[], isOfCategory: boolean, path: string): CardFault[] {
  const numbers = bins.filter(({ codes }) => codes === undefined);
  if (isOfCategory) {
    return numbers.length === 0 ? [] : [{ path, message: 'has a bin of numbers for a category: give its codes' }];
  }
  const bounds = numbers.map(({ below }) => below ?? Number.POSITIVE_INFINITY);
  const faults: CardFault[] = [];
  if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] ?? 0))) {
    faults.push({ path, message: 'has bounds that do not rise: order the bins by below' });
  }
  if (bounds.at(-1) !== Number.POSITIVE_INFINITY) {
    faults.push({ path, message: 'has no bin for the highest numbers: leave out below in the last one' });
  }
  return faults;
}

function reasonFaults(card: RiskCard, { code, best }: CardReason, path: string): CardFault[] {
  const faults = Object.keys(best)
    .filter((name) => !card.columns.some((column) => column.name === name))
    .map((name) => ({ path: `${path}.best`, message: `names ${name}: give names of columns` }));
  if (card.features.some(({ reason }) => reason === code)) return faults;
  return [...faults, { path, message: `is ${code}, which no feature gives: remove it` }];
}

const SHARES_WITHIN = 1e-3;

function baselineFaults({ psiBaseline: { below, shares } }: RiskCard): CardFault[] {
  const path = 'psiBaseline';
  if (shares.length !== below.length + 1) {
    return [{ path, message: `has ${shares.length} shares for ${below.length} bounds: give one share more` }];
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > SHARES_WITHIN) return [{ path, message: `has shares of ${sum} together: make them 1` }];
  const isRising = below.every((bound, at) => at === 0 || bound > (below[at - 1] ?? 0));
  return isRising ? [] : [{ path, message: 'has bounds that do not rise: order them' }];
}

/** A column that measures fairness must decide nothing. */
function protectedFaults({ columns, trained }: RiskCard): CardFault[] {
  const measured = new Set(trained.fairness.map(({ column }) => column));
  return columns
    .filter(({ name }) => measured.has(name))
    .map(({ name }) => ({ path: 'columns', message: `has ${name}, which may only measure fairness: remove it` }));
}

function doubled(named: readonly { name: string }[], path: string): CardFault[] {
  const names = named.map(({ name }) => name);
  return names
    .filter((name, at) => names.indexOf(name) !== at)
    .map((name) => ({ path, message: `has ${name} twice: remove one of both` }));
}
