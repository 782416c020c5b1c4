/** A file of raw rows, scored: read and written as streams, in the order of its rows, a bad row left out and told. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { RiskCard } from '../../domain/risk/cards/card';
import { reasonsByCard } from '../../domain/risk/cards/cardReasons';
import { scoreByCard } from '../../domain/risk/cards/cardScore';
import { foreignTextOf } from '../../domain/values/foreignText';
import { ArgumentError } from '../arguments';
import { type RowFault, rowReader } from './cardRows';
import { type CsvRecord, csvRecords } from './csvRecords';

const ADDED_COLUMNS = ['probability', 'score', 'reasons'] as const;
const DECIMALS = 9;
/** Rows are of people. */
const OWNER_ALONE = 0o600;
/** So many records go out as one text. */
const BATCH = 500;

const OPEN_QUOTE: RowFault = {
  field: 'the row',
  fault: 'has a quote that is not closed',
  fix: 'close it, or remove it',
};

export interface ScoredFile {
  scored: number;
  refused: number;
}

export interface ScoreFileOptions {
  card: RiskCard;
  from: string;
  /** Takes its name when all is written: what was there before stands until then. */
  to: string;
  refuse(line: number, faults: readonly RowFault[]): void;
}

/** Throws {@link ArgumentError} for a file that is no such table; then nothing is written. */
export async function scoreFile({ card, from, to, refuse }: ScoreFileOptions): Promise<ScoredFile> {
  const counts: ScoredFile = { scored: 0, refused: 0 };
  const part = `${to}.part`;
  try {
    const records = csvRecords(createReadStream(from, 'utf8'));
    await pipeline(scoredTexts({ records, card, counts, refuse }), createWriteStream(part, { mode: OWNER_ALONE }));
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return counts;
}

interface Scoring {
  records: AsyncGenerator<CsvRecord>;
  card: RiskCard;
  counts: ScoredFile;
  refuse: ScoreFileOptions['refuse'];
}

async function* scoredTexts({ records, card, counts, refuse }: Scoring): AsyncGenerator<string> {
  const { value: header } = (await records.next()) as { value: CsvRecord | undefined };
  if (!header || header.text.trim() === '') throw new ArgumentError('the file is empty: give a header and rows');
  const foreign = foreignTextOf(header.text);
  if (foreign !== undefined) throw new ArgumentError(`the file ${foreign}`);
  const taken = header.fields.find((name) => ADDED_COLUMNS.some((added) => added === name.trim().toLowerCase()));
  if (taken !== undefined) throw new ArgumentError(`the header has ${taken.trim()} already: remove that column`);
  const read = rowReader(card, header.fields);
  let batch = [`${header.text},${ADDED_COLUMNS.join(',')}\n`];
  for await (const record of records) {
    if (record.text.trim() === '') continue;
    const answer = record.isOpen ? { faults: [OPEN_QUOTE] } : read(record.fields);
    if ('faults' in answer) {
      counts.refused += 1;
      refuse(record.line, answer.faults);
      continue;
    }
    const { points, probability, parts } = scoreByCard(card, answer.row);
    const reasons = reasonsByCard(card, parts).map(({ code }) => code);
    counts.scored += 1;
    batch.push(`${record.text},${probability.toFixed(DECIMALS)},${points.toFixed(1)},${reasons.join(';')}\n`);
    if (batch.length < BATCH) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}
