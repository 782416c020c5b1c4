/** How well a card tells good from bad, whether its scores have moved, and whom it lets pass. Source: facts 4.2. */

/** A row with a figure that is higher where the risk is, and what became of it. */
export interface JudgedRow {
  risk: number;
  isBad: boolean;
}

/** Rows of one risk together, the riskiest first. */
function tied(rows: readonly JudgedRow[]): { bads: number; goods: number }[] {
  const ties: { risk: number; bads: number; goods: number }[] = [];
  for (const { risk, isBad } of [...rows].sort((first, second) => second.risk - first.risk)) {
    let tie = ties.at(-1);
    if (tie?.risk !== risk) {
      tie = { risk, bads: 0, goods: 0 };
      ties.push(tie);
    }
    if (isBad) tie.bads += 1;
    else tie.goods += 1;
  }
  return ties;
}

function totals(ties: readonly { bads: number; goods: number }[]): { bads: number; goods: number } {
  const sum = { bads: 0, goods: 0 };
  for (const { bads, goods } of ties) {
    sum.bads += bads;
    sum.goods += goods;
  }
  if (sum.bads === 0 || sum.goods === 0) throw new RangeError('good and bad rows are needed, at least one of each');
  return sum;
}

/** The chance that a bad row has the higher risk than a good one, a tie counted half. Throws without a row of each. */
export function aucOf(rows: readonly JudgedRow[]): number {
  const ties = tied(rows);
  const all = totals(ties);
  let goodsLeft = all.goods;
  let pairs = 0;
  for (const { bads, goods } of ties) {
    goodsLeft -= goods;
    pairs += bads * (goodsLeft + goods / 2);
  }
  return pairs / (all.bads * all.goods);
}

/** The widest distance between the shares of bad and good above a risk. Throws without a row of each. */
export function ksOf(rows: readonly JudgedRow[]): number {
  const ties = tied(rows);
  const all = totals(ties);
  const above = { bads: 0, goods: 0 };
  let widest = 0;
  for (const { bads, goods } of ties) {
    above.bads += bads;
    above.goods += goods;
    widest = Math.max(widest, Math.abs(above.bads / all.bads - above.goods / all.goods));
  }
  return widest;
}

export function giniOf(rows: readonly JudgedRow[]): number {
  return 2 * aucOf(rows) - 1;
}

/** A band without rows would make the index endless. */
const LEAST_SHARE = 1e-4;

/** Population stability index of shares by band: below 0.1 stable, above 0.25 to act on. Throws where bands differ. */
export function psiOf(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) throw new RangeError('shares of the same bands are needed');
  return expected.reduce((sum, share, at) => {
    const before = Math.max(share, LEAST_SHARE);
    const now = Math.max(actual[at] ?? 0, LEAST_SHARE);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
}

/** Shares of the scores by bands; `below` are their rising bounds. Of no score every share is 0. */
export function sharesByBand(scores: readonly number[], below: readonly number[]): number[] {
  const counts = new Array<number>(below.length + 1).fill(0);
  for (const score of scores) {
    const at = below.findIndex((bound) => score < bound);
    const band = at < 0 ? below.length : at;
    counts[band] = (counts[band] ?? 0) + 1;
  }
  return counts.map((count) => (scores.length === 0 ? 0 : count / scores.length));
}

export interface CalibrationBand {
  rows: number;
  expected: number;
  observed: number;
}

/** Equal parts of the rows, the riskiest first: the mean probability that was told beside the share that went bad. */
export function calibrationOf(rows: readonly { probability: number; isBad: boolean }[], parts = 10): CalibrationBand[] {
  const sorted = [...rows].sort((first, second) => second.probability - first.probability);
  return Array.from({ length: parts }, (_, part) => {
    const own = sorted.slice(Math.round((part * rows.length) / parts), Math.round(((part + 1) * rows.length) / parts));
    const mean = (of: (row: { probability: number; isBad: boolean }) => number) =>
      own.length === 0 ? 0 : own.reduce((sum, row) => sum + of(row), 0) / own.length;
    return {
      rows: own.length,
      expected: mean(({ probability }) => probability),
      observed: mean(({ isBad }) => Number(isBad)),
    };
  });
}

export interface GroupImpact {
  group: string;
  rows: number;
  passed: number;
  adverseImpactRatio: number;
}

/** Of each group the share that passes, and that share to the highest one: below 0.80 two people must look. */
export function adverseImpactOf(rows: readonly { group: string; passes: boolean }[]): GroupImpact[] {
  const groups = new Map<string, { rows: number; passes: number }>();
  for (const { group, passes } of rows) {
    const counts = groups.get(group) ?? { rows: 0, passes: 0 };
    groups.set(group, { rows: counts.rows + 1, passes: counts.passes + Number(passes) });
  }
  const shares = [...groups].map(([group, counts]) => ({
    group,
    rows: counts.rows,
    passed: counts.passes / counts.rows,
  }));
  const most = Math.max(...shares.map(({ passed }) => passed));
  return shares.map((share) => ({ ...share, adverseImpactRatio: most === 0 ? 1 : share.passed / most }));
}
