/** Training again gives the committed card. Asked for by CREDITLOOM_TRAIN: it needs Python 3.11 and takes minutes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseRiskCard } from '../../../src/platform/policy/riskCardSchema';
import { needPeer } from '../../setup/environment';
import { dataFile, SHIPPED_NAMES, shippedCard } from '../../support/cardData';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/dev/scorecard/trainCommand.js');
const BOUND_MS = 3_600_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function train(name: string, file: string): string {
  const out = join(folder, file);
  const words = [COMMAND, name, '--data', dataFile(name), '--out', out];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: ROOT });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return readFileSync(out, 'utf8');
}

it.each(SHIPPED_NAMES)(
  '%s: the figures of the committed card, whatever the release of Python',
  (name) => {
    needPeer('card-training');
    const { trained, ...card } = parseRiskCard(JSON.parse(train(name, `${name}.json`)));
    const { trained: committed, ...shipped } = shippedCard(name);
    expect(card).toEqual(shipped);
    expect({ ...trained, versions: committed.versions }).toEqual(committed);
  },
  BOUND_MS,
);

it(
  'twice on one machine: the same bytes',
  () => {
    needPeer('card-training');
    expect(train('application', 'first.json')).toBe(train('application', 'second.json'));
  },
  BOUND_MS,
);
