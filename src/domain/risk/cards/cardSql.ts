/**
 * A card as one statement of PostgreSQL: the second evaluator beside cardScore.ts, equal to the point. Points are added as decimals,
 * and features computed in double precision, as JavaScript does.
 */
import type { CardBin, CardFeature, Derivation, RiskCard } from './card';

export interface StatementShape {
  /** Name of the table of raw columns, with its schema where it has one. */
  table: string;
  /** Whether its columns were made with their letters as the card has them; otherwise as PostgreSQL folds them. */
  isQuoted: boolean;
}

/** Every row of the table with its columns, then `score` and `probability`. The order is the table's. */
export function cardStatement(card: RiskCard, { table, isQuoted }: StatementShape): string {
  const columnOf = columnWriter(card, isQuoted);
  const features = card.features.map(
    (feature) => `    ${expression(feature.derivation, columnOf)} AS ${quoted(feature.name)}`,
  );
  const points = card.features.map((feature) => `    + ${pointsOf(card, feature)}`);
  const { base, odds, pdo } = card.scale;
  return [
    `-- Card ${card.id}, version ${card.version}.`,
    'SELECT raw.*, points.score,',
    `  1 / (1 + exp((points.score::double precision - (${base} - ${pdo} / ln(2::double precision) * ln(${odds}::double precision)))`,
    `    / (${pdo} / ln(2::double precision)))) AS probability`,
    `FROM ${tableName(table)} AS raw`,
    'CROSS JOIN LATERAL (',
    '  SELECT',
    features.join(',\n'),
    ') AS feature',
    'CROSS JOIN LATERAL (',
    `  SELECT ${card.basePoints}`,
    points.join('\n'),
    '    AS score',
    ') AS points;',
    '',
  ].join('\n');
}

type ColumnWriter = (name: string) => string;

function columnWriter(card: RiskCard, isQuoted: boolean): ColumnWriter {
  const categories = new Set(card.columns.filter(({ kind }) => kind === 'category').map(({ name }) => name));
  return (name) => {
    const written = `raw.${quoted(isQuoted ? name : name.toLowerCase())}`;
    return categories.has(name) ? `${written}::text` : `${written}::double precision`;
  };
}

function expression(derivation: Derivation, columnOf: ColumnWriter): string {
  const each = (operands: readonly Derivation[]) => operands.map((operand) => expression(operand, columnOf));
  if ('column' in derivation) return columnOf(derivation.column);
  if ('sum' in derivation) return `(${each(derivation.sum).join(' + ')})`;
  if ('difference' in derivation) return `(${each(derivation.difference).join(' - ')})`;
  if ('ratio' in derivation) {
    const [part = '', whole = ''] = each(derivation.ratio);
    const quotient = `CASE WHEN ${whole} > 0 THEN ${part} / ${whole} ELSE ${derivation.otherwise} END`;
    return known([part, whole], quotient);
  }
  // GREATEST takes no notice of what is not known.
  if ('positive' in derivation) {
    const [value = ''] = each([derivation.positive]);
    return known([value], `GREATEST(${value}, 0)`);
  }
  if ('ranked' in derivation) {
    const values = each(derivation.ranked);
    return known(
      values,
      `(SELECT value FROM unnest(ARRAY[${values.join(', ')}]) AS value ORDER BY value OFFSET ${derivation.place - 1} LIMIT 1)`,
    );
  }
  if ('countAbove' in derivation) {
    const values = each(derivation.countAbove);
    return known(values, values.map((value) => `(${value} > ${derivation.above})::int`).join(' + '));
  }
  const values = each(derivation.firstAtLeast);
  const places = values.map((value, at) => `WHEN ${value} >= ${derivation.atLeast} THEN ${at}`);
  return known(values, `CASE ${places.join(' ')} ELSE ${values.length} END`);
}

/** Null as soon as one of the values is. */
function known(values: readonly string[], result: string): string {
  return `CASE WHEN num_nulls(${values.join(', ')}) = 0 THEN ${result} END`;
}

function pointsOf(card: RiskCard, feature: CardFeature): string {
  const value = `feature.${quoted(feature.name)}`;
  const { derivation } = feature;
  const isCategory =
    'column' in derivation && card.columns.some(({ name, kind }) => name === derivation.column && kind === 'category');
  const cases = feature.bins.map((bin) => `WHEN ${condition(bin, value, isCategory)} THEN ${bin.points}`);
  return `CASE ${cases.join(' ')} ELSE ${feature.missingPoints} END`;
}

function condition({ codes, below }: CardBin, value: string, isCategory: boolean): string {
  if (codes !== undefined) {
    const written = codes.map((code) => (isCategory ? text(String(code)) : String(code)));
    return `${value} IN (${written.join(', ')})`;
  }
  return below === undefined ? `${value} IS NOT NULL` : `${value} < ${below}`;
}

function tableName(table: string): string {
  return table.split('.').map(quoted).join('.');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
