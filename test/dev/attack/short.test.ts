/** The short form of the attack, as the command: a system of its own, and nothing lost, doubled, minted or stopped. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { ATTACK_PARTS } from '../../../src/dev/attack/attack';
import { FAULTS } from '../../../src/dev/attack/tally';
import { processEnvironment } from '../../../src/platform/config/config';
import { testEnvironment } from '../../setup/environment';

const COMMAND = resolve(__dirname, '../../../dist/dev/attack/attackCommand.js');
/** The same bodies at every run of the tests; the command alone takes another one each day. */
const SEED = '15';

function attack(): Promise<{ code: number; output: string }> {
  const env = { ...processEnvironment(), TEMPORAL_CLI: testEnvironment().temporalCli };
  return new Promise((done) => {
    execFile(process.execPath, [COMMAND, '--short', '--seed', SEED], { env }, (error, output, told) =>
      done({ code: error ? Number(error.code) : 0, output: `${output}${told}` }),
    );
  });
}

it('every part holds', async () => {
  const { code, output } = await attack();
  const rows = output.split('\n').map((line) => line.split(/ {2,}/));
  const head = rows.find(([first]) => first === 'part');
  const found = output.split('\n').filter((line) => /^[A-Z]+ \(|^not tried/.test(line));
  expect(found).toEqual([]);
  expect(head?.slice(4)).toEqual([...FAULTS]);
  for (const part of [...ATTACK_PARTS, 'all']) {
    const row = rows.find(([first]) => first === part);
    expect(Number(row?.[1])).toBeGreaterThan(0);
    expect(row?.slice(4)).toEqual(['0', '0', '0', '0']);
  }
  expect(code).toBe(0);
  // Ends what hangs, and judges no speed.
}, 600_000);
