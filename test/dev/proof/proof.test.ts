/** The proofs name tests that are there and variables that those read, and their page keeps what ran before. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { chosenProofs } from '../../../src/dev/proof/proofCommand';
import { pageWith, proofRow } from '../../../src/dev/proof/proofPage';
import { PROOFS } from '../../../src/dev/proof/proofs';

const ROOT = join(__dirname, '../../..');
const RAN = { date: '2026-11-29', seconds: 12.4, passed: 9, failed: 0, notRun: 0 };
const [first, second] = PROOFS as [(typeof PROOFS)[0], (typeof PROOFS)[0]];

it.each(PROOFS)('$name runs tests that are there, and its counts are asked for', ({ files, env }) => {
  for (const file of files) expect(existsSync(join(ROOT, file))).toBe(true);
  const asked = [...files, 'scripts/peers.mjs'].map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  for (const name of Object.keys(env)) expect(asked).toContain(name);
});

it('takes all that are not on request, or the one that is named', () => {
  expect(chosenProofs(undefined).map(({ name }) => name)).not.toContain('training');
  expect(chosenProofs('training').map(({ name }) => name)).toEqual(['training']);
  expect(() => chosenProofs('trainings')).toThrow('--only trainings is no proof: give one of recourse, oracle');
});

it('a run of one leaves the rows of the others', () => {
  const page = pageWith('', PROOFS, new Map([[first.name, proofRow(first, RAN)]]));
  expect(page).toContain(`| \`${first.name}\` | ${first.what} | ${first.count} | 2026-11-29 | 12 | 9 passed |`);
  expect(page).toContain(`| \`${second.name}\` | ${second.what} | ${second.count} | | | not run yet |`);
  const later = pageWith(page, PROOFS, new Map([[second.name, proofRow(second, { ...RAN, failed: 1 })]]));
  expect(later).toContain('| 2026-11-29 | 12 | 9 passed |');
  expect(later).toContain('| **9 passed, 1 failed, 0 not run** |');
});

it('what was not run proves nothing', () => {
  expect(proofRow(first, { ...RAN, notRun: 2 })).toContain('**9 passed, 0 failed, 2 not run**');
  expect(proofRow(first, { ...RAN, passed: 0 })).toContain('**0 passed');
});
