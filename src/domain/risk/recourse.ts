/**
 * What would change the answer (可行改进建议, actionable recourse): of all changes of facts that a person can make within
 * the policy's time, the cheapest with which the whole judgement approves: eligibility, affordability, card, caps and
 * band together. Branch and bound over the values that can be reached; a box of values is left as soon as not even its
 * best corner could be approved, so that the answer is the cheapest there is and not only a good one.
 */
import type { LendingPolicy, RecoursePolicy, Scorecard } from '../policy/lendingPolicy';
import type { Fen } from '../values/money';
import { affordabilityOf, type OwnCredit, unaffordable } from './affordability';
import { assess } from './assess';
import type { Assessment, AssessmentInput } from './assessment';
import { FACT_NAMES, FACTS, type FactName, type FactValue } from './assessmentFacts';
import { type Dimension, dimensionsOf, edgesOf, numberOf, withValues } from './changeableFacts';
import { hardDeclines } from './eligibility';
import { bandOf, type CreditRequest, limitFor, limitRangeOf } from './limits';
import { type CompleteInput, characteristicsOf, shareOfWhole } from './scorecard';

export interface Change {
  fact: FactName;
  /** Absent where it was missing: then it is proved, and nothing need change. */
  from?: FactValue | undefined;
  to: FactValue;
  cost: number;
  months: number;
}

/** `changes`: with all of them the answer is at least `limitFen`. `nothing`: there is none within the months. */
export type Recourse =
  | { status: 'changes'; changes: Change[]; cost: number; months: number; requestedFen: Fen; limitFen: Fen }
  | { status: 'nothing'; withinMonths: number };

export interface Judged {
  input: AssessmentInput;
  request: CreditRequest;
  policy: LendingPolicy;
  ours?: OwnCredit | undefined;
}

/**
 * For a decline, a referral or a cut; undefined for what was granted as requested, and where the policy says nothing of
 * recourse. Asked for less than the product's smallest amount, a person is told of that amount.
 */
export function recourseOf(judged: Judged, answer: Pick<Assessment, 'outcome' | 'limitFen'>): Recourse | undefined {
  const { policy, request } = judged;
  const { explanation, limitStepFen } = policy.assessment;
  if (!explanation) return undefined;
  const range = limitRangeOf(request.product, policy);
  const requestedFen = Math.max(request.requestedFen, Math.ceil(range.min / limitStepFen) * limitStepFen);
  const wholeFen = Math.floor(Math.min(requestedFen, range.max) / limitStepFen) * limitStepFen;
  const isCut = answer.outcome === 'approved' && answer.limitFen < wholeFen;
  if (answer.outcome === 'approved' && !isCut) return undefined;
  const goalFen = isCut ? wholeFen : range.min;
  const found = new RecourseSearch(
    { ...judged, request: { ...request, requestedFen } },
    goalFen,
    explanation.recourse,
  ).find();
  // Nothing of the facts stands against it: a source is waited for, or the rules were stopped.
  const isOfFacts = found.status === 'nothing' || found.changes.length > 0 || requestedFen > request.requestedFen;
  return isOfFacts ? found : undefined;
}

/** The least and the most that a fact can still be. */
interface Interval {
  least: number;
  most: number;
}

class RecourseSearch {
  private readonly dimensions: Dimension[];
  private readonly box = new Map<FactName, Interval>();
  private readonly chosen = new Map<FactName, FactValue>();
  /** By characteristic, where its bins begin. */
  private readonly edges: ReadonlyMap<string, number[]>;
  private best: { cost: number; values: Map<FactName, FactValue> } | undefined;

  constructor(
    private readonly judged: Judged,
    private readonly goalFen: Fen,
    private readonly recourse: RecoursePolicy,
  ) {
    const { input, policy } = judged;
    const { assessment } = policy;
    this.edges = new Map(assessment.scorecard.characteristics.map(({ name }) => [name, edgesOf(assessment, name)]));
    this.dimensions = dimensionsOf(input, assessment, recourse).sort(
      (one, other) => ORDER.indexOf(one.fact) - ORDER.indexOf(other.fact),
    );
    for (const { fact, levels } of this.dimensions) this.box.set(fact, intervalOf(levels.map(({ value }) => value)));
  }

  find(): Recourse {
    this.visit(0, 0);
    if (!this.best) return { status: 'nothing', withinMonths: this.recourse.withinMonths };
    const { cost, values } = this.best;
    const changes = this.changesTo(values);
    const { request } = this.judged;
    return {
      status: 'changes',
      changes,
      cost,
      // They are worked on side by side.
      months: Math.max(0, ...changes.map(({ months }) => months)),
      requestedFen: request.requestedFen,
      limitFen: this.judgementOf(values).limitFen,
    };
  }

  private changesTo(values: ReadonlyMap<FactName, FactValue>): Change[] {
    const inOrder = FACT_NAMES.flatMap((fact) => this.dimensions.filter((each) => each.fact === fact));
    return inOrder.flatMap(({ fact, from, levels }) => {
      const level = levels.find(({ value }) => value === values.get(fact));
      if (!level || level.value === from) return [];
      return [{ fact, from, to: level.value, cost: level.cost, months: level.months }];
    });
  }

  private visit(at: number, cost: number): void {
    if (!this.mayApprove()) return;
    const dimension = this.dimensions[at];
    if (!dimension) {
      if (this.isReached()) this.best = { cost, values: new Map(this.chosen) };
      return;
    }
    const { fact, levels } = dimension;
    const whole = this.box.get(fact);
    const seen = new Set<string>();
    for (const level of levels) {
      if (this.best && cost + level.cost >= this.best.cost) break;
      const place = this.placeOf(fact, numberOf(level.value));
      if (place !== undefined && seen.has(place)) continue;
      if (place !== undefined) seen.add(place);
      this.chosen.set(fact, level.value);
      this.box.set(fact, intervalOf([level.value]));
      this.visit(at + 1, cost + level.cost);
    }
    this.chosen.delete(fact);
    if (whole) this.box.set(fact, whole);
  }

  /**
   * Where a value lies as the judgement sees it, the income being chosen. Of two levels in one place the dearer is
   * never better. Undefined where every value may count.
   */
  private placeOf(fact: FactName, value: number): string | undefined {
    const { maxUnsecuredFen, maxBureauInquiries3Months, worstBureauBucketMonths } = this.judged.policy.assessment;
    const incomeFen = this.box.get('monthlyIncomeFen')?.least ?? 0;
    const ofCard = (name: string, shown: number) => placeAmong(this.edges.get(name) ?? [], shown);
    switch (fact) {
      case 'monthlyIncomeFen':
      case 'monthlyDebtServiceFen':
        return undefined;
      case 'unsecuredDebtFen': {
        const leavesGoal = maxUnsecuredFen - value - (this.judged.ours?.committedFen ?? 0) >= this.goalFen;
        return `${ofCard('unsecuredDebtToAnnualIncome', shareOfWhole(value, 12 * incomeFen))} ${leavesGoal}`;
      }
      case 'monthlySpendFen':
        return `${ofCard(fact, value)} ${ofCard('spendToIncome', shareOfWhole(value, incomeFen))}`;
      case 'bureauInquiries3Months':
        return `${ofCard(fact, value)} ${value > maxBureauInquiries3Months}`;
      case 'worstBureauCode':
        return `${ofCard(fact, value)} ${value >= worstBureauBucketMonths}`;
      case 'monthsOnPlatform':
      case 'onTimePaymentRatio':
      case 'refundRatio':
        return `${ofCard(fact, value)}`;
      case 'check':
      case 'adult':
      case 'openOverdue':
        return `${value}`;
    }
  }

  private isReached(): boolean {
    const { outcome, limitFen } = this.judgementOf(this.chosen);
    return outcome === 'approved' && limitFen >= this.goalFen;
  }

  private judgementOf(values: ReadonlyMap<FactName, FactValue>): Assessment {
    const { input, request, policy, ours } = this.judged;
    return assess(withValues(input, values), request, policy, ours);
  }

  /** Whether the best of each fact that is still open, and the most points of the card, would do. */
  private mayApprove(): boolean {
    const { request, policy, ours } = this.judged;
    const { assessment } = policy;
    const best = this.corner(({ better }) => better);
    if (hardDeclines(best, assessment).length > 0) return false;
    const found = affordabilityOf(best.finances, assessment, ours);
    if (unaffordable(found, limitRangeOf(request.product, policy).min).length > 0) return false;
    const points = this.mostPoints();
    const band = bandOf(points, assessment.bands);
    if (points < assessment.referBelowPoints || !band) return false;
    return limitFor(request, band, found, policy).limitFen >= this.goalFen;
  }

  /**
   * Each characteristic grows or falls with each of its facts, so its extremes are at corners: the income apart from the
   * rest, because ratios divide by it.
   */
  private mostPoints(): number {
    const { basePoints, characteristics } = this.judged.policy.assessment.scorecard;
    const corners = (['up', 'down'] as const).flatMap((income) =>
      (['up', 'down'] as const).map((rest) =>
        characteristicsOf(this.corner((_, fact) => (fact === 'monthlyIncomeFen' ? income : rest))),
      ),
    );
    return characteristics.reduce((sum, { name, bins }) => {
      const values = corners.map((corner) => (corner as Record<string, number>)[name] ?? 0);
      return sum + mostOf(bins, Math.min(...values), Math.max(...values));
    }, basePoints);
  }

  private corner(side: (row: { better: 'up' | 'down' }, fact: FactName) => 'up' | 'down'): CompleteInput {
    const at = (fact: FactName): number => {
      const interval = this.box.get(fact);
      if (!interval) throw new Error(`${fact} has no levels`);
      return side(FACTS[fact], fact) === 'up' ? interval.most : interval.least;
    };
    return {
      identity: { check: at('check') === 1 ? 'matched' : 'mismatched', adult: at('adult') === 1 },
      finances: {
        monthlyIncomeFen: at('monthlyIncomeFen'),
        monthlyDebtServiceFen: at('monthlyDebtServiceFen'),
        unsecuredDebtFen: at('unsecuredDebtFen'),
        worstBureauCode: at('worstBureauCode'),
        openOverdue: at('openOverdue') === 1,
        bureauInquiries3Months: at('bureauInquiries3Months'),
      },
      behaviour: {
        monthsOnPlatform: at('monthsOnPlatform'),
        monthlySpendFen: at('monthlySpendFen'),
        onTimePaymentRatio: String(at('onTimePaymentRatio')),
        refundRatio: String(at('refundRatio')),
      },
    };
  }
}

/** The most points of the bins that hold a value of the interval. */
function mostOf(bins: Scorecard['characteristics'][number]['bins'], least: number, most: number): number {
  let found = Number.NEGATIVE_INFINITY;
  let from = Number.NEGATIVE_INFINITY;
  for (const { below = Number.POSITIVE_INFINITY, points } of bins) {
    if (from <= most && (least < below || below === Number.POSITIVE_INFINITY)) found = Math.max(found, points);
    from = below;
  }
  return found;
}

function intervalOf(values: readonly FactValue[]): Interval {
  const numbers = values.map(numberOf);
  return { least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** The income first, because ratios divide by it; what existing debts cost last, because every step of it may count. */
const ORDER: readonly FactName[] = [
  'monthlyIncomeFen',
  ...FACT_NAMES.filter((fact) => fact !== 'monthlyIncomeFen' && fact !== 'monthlyDebtServiceFen'),
  'monthlyDebtServiceFen',
];

function placeAmong(edges: readonly number[], value: number): number {
  return edges.filter((edge) => value >= edge).length;
}
