/** Tests on small counts, exact: a normal approximation is off by magnitudes where the guard looks, far in the tail. */

/** The chance of `count` events or more where `mean` are usual (Poisson). */
export function chanceOfAtLeast(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  // From the term nearest to the mean outwards and in logarithms: far out terms are too small to be told from nothing,
  // and counted as nothing they would never add up to an end.
  if (count <= mean) return 1 - Math.exp(logTerm(count - 1, mean) + Math.log(tail(count - 1, (at) => at / mean, -1)));
  return Math.min(1, Math.exp(logTerm(count, mean) + Math.log(tail(count, (at) => mean / (at + 1), 1))));
}

function logTerm(count: number, mean: number): number {
  return count * Math.log(mean) - mean - logFactorial(count);
}

/** The sum of terms from `start` on, in terms of the first; each is less than the one before it. */
function tail(start: number, ratio: (at: number) => number, step: 1 | -1): number {
  let [term, sum] = [1, 0];
  for (let at = start; term > sum * 1e-15; at += step) {
    sum += term;
    term *= ratio(at);
  }
  return sum;
}

/**
 * How far a sequence of outcomes speaks for the alarming rate against the usual one, at its end: the log likelihood
 * ratio summed up and never below zero (Page's CUSUM, a repeated sequential probability ratio test).
 */
export function cusum(outcomes: readonly boolean[], { usual, alarming }: { usual: number; alarming: number }): number {
  const onFailure = Math.log(alarming / usual);
  const onSuccess = Math.log((1 - alarming) / (1 - usual));
  return outcomes.reduce((sum, failed) => Math.max(0, sum + (failed ? onFailure : onSuccess)), 0);
}

function logFactorial(count: number): number {
  let sum = 0;
  for (let factor = 2; factor <= count; factor += 1) sum += Math.log(factor);
  return sum;
}
