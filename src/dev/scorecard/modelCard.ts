/** The page of a card in docs/models, made of the card alone: no figure of it is typed by a hand. */
import type { CardBin, RiskCard } from '../../domain/risk/cards/card';

/** What no figure says. */
export interface ModelCardWords {
  purpose: readonly string[];
  licence: string;
  limits: readonly string[];
}

const LEAST_RATIO = 0.8;

export function modelCardPage(card: RiskCard, words: ModelCardWords): string {
  const { trained } = card;
  return [
    `# ${card.title}`,
    '',
    `Card \`${card.id}\`, version ${card.version}. This page is written by \`npm run train\` from [the card](../../src/domain/risk/cards/${card.id}-${card.version}.json); what is not a figure of it stands in [modelCardWords.ts](../../src/dev/scorecard/modelCardWords.ts). How cards are made and used: [scorecards.md](../scorecards.md).`,
    '',
    '## Purpose',
    '',
    ...words.purpose,
    '',
    '## Data and licence',
    '',
    `${trained.data.source}. ${words.licence}`,
    '',
    `${trained.data.rows} rows, ${percent(trained.data.badRate)} bad (\`${trained.target.column}\` is ${trained.target.bad}). SHA-256 of the file: \`${trained.data.sha256}\`.`,
    '',
    ...discriminationLines(card),
    ...calibrationLines(card),
    ...baselineLines(card),
    ...fairnessLines(card),
    ...associationLines(card),
    ...pointsLines(card),
    '## Limits',
    '',
    ...words.limits.map((limit) => `- ${limit}`),
    '',
  ].join('\n');
}

function discriminationLines({ trained }: RiskCard): string[] {
  const row = (name: string, { auc, ks }: { auc: number; ks: number }, features = '') => [
    name,
    auc.toFixed(4),
    ks.toFixed(4),
    (2 * auc - 1).toFixed(4),
    features,
  ];
  const { python, ...packages } = trained.versions;
  const list = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    '## Good from bad',
    '',
    `Stratified ${trained.folds.length}-fold cross-validation, seed ${trained.seed}: bins, weights and points are learned inside each fold. Python ${python}, ${list.join(', ')}.`,
    '',
    ...table(
      ['', 'AUC', 'KS', 'Gini', 'features'],
      [
        ...trained.folds.map((fold, at) => row(`fold ${at + 1}`, fold, String(fold.features))),
        row('mean of the folds', trained.mean),
        row('all rows out of fold', trained.pooled),
        row('the card on the rows that made it', trained.allRows),
      ],
    ),
    '',
  ];
}

function calibrationLines({ trained }: RiskCard): string[] {
  return [
    '## Calibration',
    '',
    'Out of fold, in tenths of the rows, the riskiest first.',
    '',
    ...table(
      ['tenth', 'rows', 'expected', 'observed'],
      trained.calibration.map(({ rows, expected, observed }, at) => [
        String(at + 1),
        String(rows),
        percent(expected),
        percent(observed),
      ]),
    ),
    '',
  ];
}

function baselineLines({ psiBaseline: { below, shares }, cutOff }: RiskCard): string[] {
  const band = (at: number) => {
    if (at === 0) return `below ${below[0]}`;
    return at === below.length ? `${below.at(-1)} or more` : `${below[at - 1]} to below ${below[at]}`;
  };
  return [
    '## Scores, and the baseline of their stability',
    '',
    `The cut-off is ${cutOff}: where good and bad rows of the training data are furthest apart. A deployment sets its own from what a bad credit costs it. Later scores are compared with these shares: an index (PSI) below 0.1 is stable, above 0.25 it is to be acted on.`,
    '',
    ...table(
      ['score', 'share'],
      shares.map((share, at) => [band(at), percent(share)]),
    ),
    '',
  ];
}

function fairnessLines({ trained, cutOff }: RiskCard): string[] {
  const rows = trained.fairness.flatMap(({ name, groups }) =>
    groups.map((group) => [
      name,
      group.group,
      String(group.rows),
      percent(group.badRate),
      percent(group.passed),
      `${group.adverseImpactRatio.toFixed(2)}${group.adverseImpactRatio < LEAST_RATIO ? ' (low)' : ''}`,
    ]),
  );
  const low = rows.filter((row) => row.at(-1)?.endsWith('(low)')).length;
  const verdict =
    low === 0
      ? `No group is below ${LEAST_RATIO.toFixed(2)}.`
      : `Below ${LEAST_RATIO.toFixed(2)}: ${low} of the groups, so promotion needs two people and a reason.`;
  return [
    '## Fairness',
    '',
    `None of these columns is read by the card. The adverse-impact ratio is the share of a group at or above the cut-off ${cutOff} to that of the group with the highest share. ${verdict} Groups of fewer than 30 rows are left out.`,
    '',
    ...table(['column', 'group', 'rows', 'bad', 'passes', 'adverse-impact ratio'], rows),
    '',
  ];
}

function associationLines({ trained }: RiskCard): string[] {
  const names = trained.fairness.map(({ name }) => name);
  return [
    '## What stands for them',
    '',
    "How much a column tells of a protected one: Cramér's V, 0 for nothing and 1 for all; numbers are cut in fifths.",
    '',
    ...table(
      ['column', 'is read', ...names],
      trained.associations.map(({ column, isUsed, associations }) => [
        column,
        isUsed ? 'yes' : 'no',
        ...names.map((name) => (associations[name] ?? 0).toFixed(2)),
      ]),
    ),
    '',
  ];
}

function pointsLines(card: RiskCard): string[] {
  const { base, odds, pdo } = card.scale;
  return [
    '## Points',
    '',
    `${base} points are odds of ${odds} good to 1 bad; ${pdo} points more double them. Every row begins with ${card.basePoints}. What is not known gets the points of the worst bin.`,
    '',
    ...table(
      ['feature', 'what it is', 'reason', 'points by bin'],
      card.features.map(({ name, words, reason, bins }) => [
        `\`${name}\``,
        words,
        `\`${reason}\``,
        bins.map(binText).join('; '),
      ]),
    ),
    '',
  ];
}

function binText({ codes, below, points }: CardBin): string {
  if (codes !== undefined) return `${codes.join(', ')}: ${points}`;
  return below === undefined ? `else: ${points}` : `< ${below}: ${points}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
