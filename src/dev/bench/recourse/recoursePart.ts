/**
 * What "what would change the answer" takes, of seeded applications that were declined, beside one judgement. In time of
 * the processor, as the domain part counts. No server.
 */
import { defaultPolicy } from '../../../domain/policy/defaultPolicy';
import { assess } from '../../../domain/risk/assess';
import type { AssessmentInput } from '../../../domain/risk/assessment';
import { type Judged, recourseOf } from '../../../domain/risk/recourse';
import { type Random, seeded } from '../../../domain/values/random';
import { atMost, type Measured } from '../result';
import { spreadOf } from '../statistics';

export interface RecourseOptions {
  repetitions: number;
  report(line: string): void;
}

const DECLINES = 1_000;
const GOAL_MS = 50;
const SHARE = 0.95;
/** One judgement is too short for the clock of the processor, and so is one of each. */
const JUDGED_TIMES = 100;

interface Row {
  /** Of that share of the declines at most. */
  shareMs: number;
  largestMs: number;
  assessMs: number;
}

export function measureRecourse({ repetitions, report }: RecourseOptions): Measured {
  const declines = seededDeclines(DECLINES);
  const rows: Row[] = [];
  // Number 0 warms up.
  for (let number = 0; number <= repetitions; number++) {
    const row = rowOf(declines);
    const words = number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`;
    report(`recourse, ${words}: p95 ${row.shareMs.toFixed(2)} ms, largest ${row.largestMs.toFixed(2)} ms`);
    if (number > 0) rows.push(row);
  }
  const spread = (of: (row: Row) => number) => spreadOf(rows.map(of));
  const p95 = spread(({ shareMs }) => shareMs);
  return {
    machine: {},
    load: { recourseDeclines: DECLINES },
    figures: {
      recourseP95Ms: p95,
      recourseLargestMs: spread(({ largestMs }) => largestMs),
      assessMicroseconds: spread(({ assessMs }) => assessMs * 1_000),
      recourseP95InJudgements: spread(({ shareMs, assessMs }) => shareMs / assessMs),
    },
    goals: [atMost(`ms of what would change a decline, p95 of ${DECLINES}`, p95.median, GOAL_MS)],
  };
}

function rowOf(declines: readonly Judged[]): Row {
  const took = declines.map((judged) => {
    const answer = assess(judged.input, judged.request, judged.policy);
    return processorMs(() => recourseOf(judged, answer));
  });
  const sorted = took.toSorted((first, second) => first - second);
  const at = Math.ceil(SHARE * sorted.length) - 1;
  const allMs = processorMs(() => {
    for (let time = 0; time < JUDGED_TIMES; time++) {
      for (const { input, request, policy } of declines) assess(input, request, policy);
    }
  });
  return {
    shareMs: sorted[at] ?? 0,
    largestMs: sorted.at(-1) ?? 0,
    assessMs: allMs / (declines.length * JUDGED_TIMES),
  };
}

function processorMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Applications with every fact known, drawn until so many were declined. */
function seededDeclines(count: number): Judged[] {
  const random = seeded(17);
  const policy = defaultPolicy;
  const found: Judged[] = [];
  while (found.length < count) {
    const input = drawn(random);
    const product = random.pick(['cash-loan', 'revolving'] as const);
    const request = { product, requestedFen: random.between(1, 80) * 100_000 };
    if (assess(input, request, policy).outcome === 'declined') found.push({ input, request, policy });
  }
  return found;
}

function drawn(random: Random): AssessmentInput {
  const share = () => (random.between(0, 1_000) / 1_000).toFixed(3);
  return {
    identity: { check: 'matched', adult: true },
    finances: {
      monthlyIncomeFen: random.between(0, 6_000_000),
      monthlyDebtServiceFen: random.between(0, 1_500_000),
      unsecuredDebtFen: random.between(0, 22_000_000),
      worstBureauCode: random.between(0, 3),
      openOverdue: random.chance(0.1),
      bureauInquiries3Months: random.between(0, 9),
    },
    behaviour: {
      monthsOnPlatform: random.between(0, 120),
      monthlySpendFen: random.between(0, 2_000_000),
      onTimePaymentRatio: share(),
      refundRatio: share(),
    },
  };
}
