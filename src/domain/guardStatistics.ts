/** Tests on small counts, exact: a normal approximation is off by magnitudes where the guard looks, far in the tail. */

/** The chance of `count` events or more where `mean` are usual (Poisson). */
export function chanceOfAtLeast(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  let term = Math.exp(count * Math.log(mean) - mean - logFactorial(count));
  let sum = 0;
  for (let at = count; ; at += 1) {
    sum += term;
    term *= mean / (at + 1);
    if (at > mean && term < sum * 1e-15) return Math.min(1, sum);
  }
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
