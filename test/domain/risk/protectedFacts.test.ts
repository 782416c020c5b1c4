/**
 * Sex, marriage, and age above the legal one change nothing: on the cards, over all rows of their data, whatever stands in
 * the columns that are or stand for them; on the assessment, which has no such fact. Without the data (CREDITLOOM_DATA)
 * the tests that need it are not run.
 */
import { describe, expect, it } from '@jest/globals';
import { rowReader } from '../../../src/cli/risk/cardRows';
import { FACT_NAMES } from '../../../src/domain/risk/assessmentFacts';
import { scoreByCard } from '../../../src/domain/risk/cards/cardScore';
import { CHARACTERISTICS } from '../../../src/domain/risk/scorecard';
import { dataRows, SHIPPED_NAMES, shippedCard } from '../../support/cardData';

const PROTECTED = /sex|gender|marriage|marital|\bage\b|birth|personal_status|foreign|ethnic|religion/i;

describe.each(SHIPPED_NAMES)('the card %s', (name) => {
  it('scores a row the same with the protected values of another one', () => {
    const card = shippedCard(name);
    const rows = dataRows(card);
    const left = card.trained.associations.filter(({ isUsed }) => !isUsed).map(({ column }) => column);
    const swapped = [...new Set([...card.trained.fairness.map(({ column }) => column), ...left])];
    expect(swapped.filter((column) => PROTECTED.test(column)).length).toBeGreaterThanOrEqual(3);
    const names = Object.keys(rows[0]?.raw ?? {});
    expect(swapped.filter((column) => !names.includes(column))).toEqual([]);
    const read = rowReader(card, names);
    const differing = rows.filter(({ row, raw }, at) => {
      // Far away in the file, so that groups meet each other.
      const other = rows[(at + Math.floor(rows.length / 2)) % rows.length]?.raw ?? {};
      const fields = names.map((column) => (swapped.includes(column) ? other[column] : raw[column]) ?? '');
      const answer = read(fields);
      if ('faults' in answer) throw new Error(JSON.stringify(answer.faults));
      return scoreByCard(card, answer.row).points !== scoreByCard(card, row).points;
    });
    expect(differing).toEqual([]);
  });
});

describe('the assessment', () => {
  it('has no such fact, beside whether the legal age is reached', () => {
    expect([...FACT_NAMES, ...Object.keys(CHARACTERISTICS)].filter((fact) => PROTECTED.test(fact))).toEqual([]);
    expect(FACT_NAMES).toContain('adult');
    expect(Object.keys(CHARACTERISTICS)).not.toContain('adult');
  });
});
