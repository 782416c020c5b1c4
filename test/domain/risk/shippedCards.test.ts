/**
 * The shipped cards on the rows that made them: what the training tool wrote is what scores here, no protected column
 * decides, and each reason is one. Without the data (CREDITLOOM_DATA) the tests that need it are not run.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { modelCardPage } from '../../../src/dev/scorecard/modelCard';
import { MODEL_CARD_WORDS } from '../../../src/dev/scorecard/modelCardWords';
import { columnsOf, type RiskCard } from '../../../src/domain/risk/cards/card';
import { adverseImpactOf, aucOf, ksOf, psiOf, sharesByBand } from '../../../src/domain/risk/cards/cardMetrics';
import { reasonsByCard } from '../../../src/domain/risk/cards/cardReasons';
import { type CardScore, scoreByCard } from '../../../src/domain/risk/cards/cardScore';
import { scaledPoints } from '../../../src/domain/risk/scorecard';
import { type DataRow, dataRows, SHIPPED_NAMES, shippedCard } from '../../support/cardData';

const PROTECTED = /^(sex|marriage|age|personal_status|foreign_worker|education)$/i;

type ScoredRow = DataRow & { score: CardScore };
const scoredOnce = new Map<string, ScoredRow[]>();

function scoredRows(card: RiskCard): ScoredRow[] {
  const known = scoredOnce.get(card.id);
  if (known) return known;
  const rows = dataRows(card).map((each) => ({ ...each, score: scoreByCard(card, each.row) }));
  scoredOnce.set(card.id, rows);
  return rows;
}

describe.each(SHIPPED_NAMES)('the card %s', (name) => {
  const card = shippedCard(name);

  it('reads no protected column, and none that only measures', () => {
    const read = [
      ...card.columns.map((column) => column.name),
      ...card.features.flatMap((each) => columnsOf(each.derivation)),
    ];
    expect(read.filter((column) => PROTECTED.test(column))).toEqual([]);
    expect(card.trained.fairness.map(({ column }) => read.includes(column))).not.toContain(true);
    const left = card.trained.associations.filter(({ isUsed }) => !isUsed).map(({ column }) => column);
    expect(left.filter((column) => read.includes(column))).toEqual([]);
  });

  it('has points of numbers that go one way only', () => {
    for (const { bins } of card.features) {
      const points = bins.filter(({ codes }) => codes === undefined).map((bin) => bin.points);
      const rising = [...points].sort((first, second) => first - second);
      expect([rising, [...rising].reverse()]).toContainEqual(points);
    }
  });

  it('has a page in docs/models that says its figures', () => {
    const page = readFileSync(join(__dirname, `../../../docs/models/${card.id}-${card.version}.md`), 'utf8');
    const words = MODEL_CARD_WORDS[name];
    if (!words) throw new Error(`${name} has no words`);
    expect(page).toBe(modelCardPage(card, words));
  });

  it('on all rows: AUC, KS, shares of bands and adverse impact are what the tool wrote', () => {
    const rows = scoredRows(card);
    const { trained, psiBaseline } = card;
    expect(rows).toHaveLength(trained.data.rows);
    const judged = rows.map(({ score, isBad }) => ({ risk: -score.points, isBad }));
    expect(aucOf(judged)).toBeCloseTo(trained.allRows.auc, 5);
    expect(ksOf(judged)).toBeCloseTo(trained.allRows.ks, 5);
    const shares = sharesByBand(
      rows.map(({ score }) => score.points),
      psiBaseline.below,
    );
    for (const [at, share] of shares.entries()) expect(share).toBeCloseTo(psiBaseline.shares[at] ?? -1, 5);
    expect(psiOf(psiBaseline.shares, shares)).toBeCloseTo(0, 8);
    for (const { column, codes, groups } of trained.fairness) {
      if (!codes) continue;
      const groupOf = (raw: string) => Object.keys(codes).find((group) => codes[group]?.map(String).includes(raw));
      const impact = adverseImpactOf(
        rows.flatMap(({ raw, score }) => {
          const group = groupOf(raw[column] ?? '');
          return group === undefined ? [] : [{ group, passes: score.points >= card.cutOff }];
        }),
      );
      for (const { group, adverseImpactRatio } of groups) {
        const found = impact.find((each) => each.group === group);
        expect(found?.adverseImpactRatio).toBeCloseTo(adverseImpactRatio, 5);
      }
    }
  });

  it('on all rows: the points are those of the training tool, and so are the probabilities', () => {
    const scores = scoredRows(card).map(({ score }) => score);
    const text = scores.map(({ points }) => points.toFixed(1)).join('\n');
    expect(createHash('sha256').update(text).digest('hex')).toBe(card.trained.allRows.pointsSha256);
    const mean = scores.reduce((sum, { probability }) => sum + probability, 0) / scores.length;
    expect(mean).toBeCloseTo(card.trained.allRows.meanProbability, 6);
  });

  it('on all rows: the probability is the one of the points', () => {
    for (const { score } of scoredRows(card)) {
      expect(scaledPoints(score.probability, card.scale)).toBeCloseTo(score.points, 6);
    }
  });

  it('on all rows: at most four reasons by points lost, none at its best, and its facts at their best raise the score', () => {
    let named = 0;
    let raised = 0;
    for (const { row, score } of scoredRows(card)) {
      const reasons = reasonsByCard(card, score.parts);
      expect(reasons.length).toBeLessThanOrEqual(4);
      const lost = reasons.map(({ points }) => points);
      expect(lost).toEqual([...lost].sort((first, second) => second - first));
      expect(lost.every((points) => points > 0)).toBe(true);
      for (const { code } of reasons) {
        const best = card.reasons.find((reason) => reason.code === code)?.best;
        named += 1;
        if (scoreByCard(card, { ...row, ...best }).points > score.points) raised += 1;
      }
    }
    expect(named).toBeGreaterThan(scoredRows(card).length);
    expect(raised / named).toBeGreaterThanOrEqual(0.999);
  }, 120_000);

  it('what is not known never helps', () => {
    for (const { row, score } of scoredRows(card).slice(0, 300)) {
      for (const { name: column } of card.columns) {
        expect(scoreByCard(card, { ...row, [column]: null }).points).toBeLessThanOrEqual(score.points);
      }
    }
  });
});

it('the behaviour card keeps its goal out of fold', () => {
  const { pooled, mean, folds } = shippedCard('behaviour').trained;
  expect(folds).toHaveLength(5);
  for (const { auc, ks } of [pooled, mean]) {
    expect(auc).toBeGreaterThanOrEqual(0.78);
    expect(ks).toBeGreaterThanOrEqual(0.43);
  }
});
