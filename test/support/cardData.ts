/** The data on which the shipped cards were trained, where CREDITLOOM_DATA says that it lies, as raw rows of a card. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowReader } from '../../src/cli/risk/cardRows';
import type { CardRow, RiskCard } from '../../src/domain/risk/cards/card';
import { SHIPPED_CARDS } from '../../src/domain/risk/cards/shippedCards';
import { parseRiskCard } from '../../src/platform/policy/riskCardSchema';
import { needPeer } from '../setup/environment';

const FILES: Record<string, string> = { application: 'german-credit.csv', behaviour: 'taiwan-default-24k.csv' };

export const SHIPPED_NAMES = Object.keys(SHIPPED_CARDS);

export function shippedCard(name: string): RiskCard {
  return parseRiskCard(SHIPPED_CARDS[name]);
}

export interface DataRow {
  row: CardRow;
  isBad: boolean;
  /** All columns, by name, as they stand in the file. */
  raw: Readonly<Record<string, string>>;
}

/** The file of a card; a test that asks for it is not run where it is not there. */
export function dataFile(name: string): string {
  needPeer('card-data');
  return join(process.env.CREDITLOOM_DATA ?? '', FILES[name] ?? '');
}

export function dataRows(card: RiskCard): DataRow[] {
  const [header = '', ...lines] = readFileSync(dataFile(card.id), 'utf8').trimEnd().split(/\r?\n/);
  const names = header.split(',');
  const read = rowReader(card, names);
  const { column, bad } = card.trained.target;
  return lines.map((line) => {
    const fields = line.split(',');
    const answer = read(fields);
    if ('faults' in answer) throw new Error(`${line}: ${JSON.stringify(answer.faults)}`);
    const raw = Object.fromEntries(names.map((each, at) => [each, fields[at] ?? '']));
    return { row: answer.row, isBad: Number(raw[column]) === bad, raw };
  });
}
