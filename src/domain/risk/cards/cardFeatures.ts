/** From raw columns to the features of a card: the same operators, with the same meaning, as tools/scorecard/derivations.py. */
import type { CardRow, CardValue, Derivation } from './card';

/** Null where anything that it is made of is not known. */
export function deriveFeature(derivation: Derivation, row: CardRow): CardValue {
  return 'column' in derivation ? (row[derivation.column] ?? null) : numberOf(derivation, row);
}

/** Of numbers alone: a category is never computed with, which is checked when a card is read. */
function numberOf(derivation: Derivation, row: CardRow): number | null {
  if ('column' in derivation) return (row[derivation.column] as number | null | undefined) ?? null;
  if ('positive' in derivation) {
    const value = numberOf(derivation.positive, row);
    return value === null ? null : Math.max(value, 0);
  }
  if ('sum' in derivation) return combined(derivation.sum, row, (values) => values.reduce((sum, each) => sum + each));
  if ('difference' in derivation) {
    return combined(derivation.difference, row, ([first = 0, second = 0]) => first - second);
  }
  if ('ratio' in derivation) {
    return combined(derivation.ratio, row, ([part = 0, whole = 0]) =>
      whole > 0 ? part / whole : derivation.otherwise,
    );
  }
  if ('ranked' in derivation) {
    return combined(derivation.ranked, row, (values) => values.sort((a, b) => a - b)[derivation.place - 1] ?? 0);
  }
  if ('countAbove' in derivation) {
    return combined(derivation.countAbove, row, (values) => values.filter((each) => each > derivation.above).length);
  }
  return combined(derivation.firstAtLeast, row, (values) => {
    const first = values.findIndex((each) => each >= derivation.atLeast);
    return first < 0 ? values.length : first;
  });
}

function combined(operands: readonly Derivation[], row: CardRow, combine: (values: number[]) => number): number | null {
  const values: number[] = [];
  for (const operand of operands) {
    const value = numberOf(operand, row);
    if (value === null) return null;
    values.push(value);
  }
  return combine(values);
}
