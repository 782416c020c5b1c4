/** docs/proof.md: a row for each proof, as it last ran. */
import type { ProofRun } from './proofs';

export interface ProofResult {
  /** `2026-11-29`, of the machine's clock. */
  date: string;
  seconds: number;
  passed: number;
  failed: number;
  notRun: number;
}

const HEAD = `# Proof

The tests of every day take small counts from fixed seeds. \`npm run proof\` runs them with the full ones, one after the other, and writes this page; \`npm run proof -- --only NAME\` runs one and leaves the rows of the others. Seconds are of the machine that it ran on, with whatever else it did.

| Proof | What | Count | Date | Seconds | Result |
|---|---|---|---|---|---|
`;

export function proofRow({ name, what, count }: ProofRun, result: ProofResult): string {
  return `| \`${name}\` | ${what} | ${count} | ${result.date} | ${Math.round(result.seconds)} | ${resultWords(result)} |`;
}

/** `5 passed`, with what failed and what was not run. */
export function resultWords({ passed, failed, notRun }: ProofResult): string {
  if (isGood({ passed, failed, notRun })) return `${passed} passed`;
  return `**${passed} passed, ${failed} failed, ${notRun} not run**`;
}

/** What was not run proves nothing. */
export function isGood({ passed, failed, notRun }: Pick<ProofResult, 'passed' | 'failed' | 'notRun'>): boolean {
  return failed === 0 && notRun === 0 && passed > 0;
}

/** The page with these rows in place of those of the same names; what has not run yet says so. */
export function pageWith(before: string, proofs: readonly ProofRun[], rows: ReadonlyMap<string, string>): string {
  const kept = before.split('\n');
  const lines = proofs.map((proof) => {
    const start = `| \`${proof.name}\` |`;
    const last = rows.get(proof.name) ?? kept.find((line) => line.startsWith(start));
    return last ?? `${start} ${proof.what} | ${proof.count} | | | not run yet |`;
  });
  return `${HEAD}${lines.join('\n')}\n`;
}
