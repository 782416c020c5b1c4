/** What a file of rows takes by the behaviour card: read, derived, scored with its reasons, and written. No server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardOf } from '../../../cli/risk/cardOption';
import { scoreFile } from '../../../cli/risk/scoreFile';
import type { RiskCard } from '../../../domain/risk/cards/card';
import { type Random, seeded } from '../../../domain/values/random';
import { writePrivateFile } from '../../../platform/provision/privateFiles';
import { atMost, type Measured } from '../result';
import { spreadOf } from '../statistics';

export interface CardsOptions {
  repetitions: number;
  report(line: string): void;
}

const ROWS = 24_000;
const GOAL_SECONDS = 5;
const CARD = 'behaviour';
const LARGEST = 500_000;

export async function measureCards({ repetitions, report }: CardsOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-cards-'));
  try {
    const card = cardOf(CARD);
    const from = join(folder, 'rows.csv');
    writePrivateFile(from, rowsOf(card));
    const seconds: number[] = [];
    // Number 0 warms up.
    for (let number = 0; number <= repetitions; number++) {
      const beganAtMs = performance.now();
      const { scored } = await scoreFile({ card, from, to: join(folder, 'scored.csv'), refuse: () => undefined });
      const took = (performance.now() - beganAtMs) / 1_000;
      if (scored !== ROWS) throw new Error(`${scored} of ${ROWS} rows were scored`);
      report(`cards, ${number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`}: ${took.toFixed(2)} s`);
      if (number > 0) seconds.push(took);
    }
    const spread = spreadOf(seconds);
    return {
      machine: {},
      load: { cardRows: ROWS },
      figures: { cardFileSeconds: spread },
      goals: [atMost(`s of a file of ${ROWS} rows, scored with reasons`, spread.median, GOAL_SECONDS)],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Values in the range of each column, drawn from a seed. */
function rowsOf(card: RiskCard): string {
  const random = seeded(1);
  const lines = Array.from({ length: ROWS }, () => card.columns.map((column) => drawn(column, random)).join(','));
  return `${[card.columns.map(({ name }) => name).join(','), ...lines].join('\n')}\n`;
}

function drawn(column: RiskCard['columns'][number], random: Random): string {
  if (column.kind === 'category') return random.pick(column.values);
  return String(random.between(Math.max(column.min, -LARGEST), Math.min(column.max, LARGEST)));
}
