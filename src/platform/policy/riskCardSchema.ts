/**
 * The gate for cards: shape, ranges, and what only shows across fields. A card that passes can score every row, so
 * nothing after this gate asks again. Every fault is told with its path and its fix.
 */
import { z } from 'zod';
import { type CardColumn, type Derivation, type RiskCard, riskCardFaults } from '../../domain/risk/cards/card';

/** The data is no card that may be used; the message has one line for each fault. */
export class RiskCardError extends Error {
  override readonly name = 'RiskCardError';
}

/** Throws {@link RiskCardError} that names path, fault and fix of everything that is wrong. */
export function parseRiskCard(json: unknown): RiskCard {
  const parsed = riskCardSchema.safeParse(json);
  const faults = parsed.success
    ? riskCardFaults(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  if (!parsed.success || faults.length > 0) {
    const lines = faults.map(({ path, message }) => `- ${path || 'the card'} ${message}`);
    throw new RiskCardError(`the card cannot be used:\n${lines.join('\n')}`);
  }
  return parsed.data;
}

const MOST_POINTS = 10_000;

/** What stands in a field, what it must be: `is "x"; it must be a whole number`. */
function told<Schema extends z.ZodType>(schema: Schema, mustBe: string) {
  return z.custom<z.infer<Schema>>((value) => schema.safeParse(value).success, {
    error: ({ input }) => `${input === undefined ? 'is missing' : `is ${JSON.stringify(input)}`}; it must be ${mustBe}`,
  });
}

const name = told(z.string().regex(/^[^"\0]{1,63}$/), 'a text of 1 to 63 characters without quotes');
const isTenths = (value: number) => Math.abs(value) <= MOST_POINTS && Number(value.toFixed(1)) === value;
const points = told(z.number().refine(isTenths), `a number with one decimal, at most ${MOST_POINTS}`);
const number = told(z.number(), 'a number');
const count = told(z.int().min(0), 'a whole number from 0 on');
const share = told(z.number().min(0).max(1), 'a number from 0 to 1');
const words = told(z.string().min(1), 'a text');
const code = told(z.union([z.number(), z.string()]), 'a number or a text');

const operands = z.lazy(() => z.array(derivation).min(1));
const two = z.lazy(() => z.tuple([derivation, derivation]));
const derivation: z.ZodType<Derivation> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ column: name }),
      z.strictObject({ sum: operands }),
      z.strictObject({ difference: two }),
      z.strictObject({ ratio: two, otherwise: number }),
      z
        .strictObject({ ranked: operands, place: z.int().min(1) })
        .refine(({ ranked, place }) => place <= ranked.length, 'has a place beyond its operands: set a smaller one'),
      z.strictObject({ positive: derivation }),
      z.strictObject({ countAbove: operands, above: number }),
      z.strictObject({ firstAtLeast: operands, atLeast: number }),
    ],
    'is no derivation; it must be one of column, sum, difference, ratio, ranked, positive, countAbove, firstAtLeast',
  ),
);

const column: z.ZodType<CardColumn> = z.union(
  [
    z.strictObject({ name, kind: z.enum(['number', 'code']), min: number, max: number }),
    z.strictObject({ name, kind: z.literal('category'), values: z.array(words).min(1) }),
  ],
  'is no column; it must be a number or code with min and max, or a category with values',
);

const bin = z.strictObject({ codes: z.array(code).min(1).optional(), below: number.optional(), points });

const feature = z.strictObject({
  name,
  words,
  reason: name,
  derivation,
  bins: z.array(bin).min(1),
  missingPoints: points,
});

const discrimination = { auc: share, ks: share };

const trained = z.strictObject({
  data: z.strictObject({ source: words, sha256: words, rows: count, badRate: share }),
  target: z.strictObject({ column: words, bad: number }),
  seed: count,
  folds: z.array(z.strictObject({ rows: count, bads: count, features: count, ...discrimination })),
  mean: z.strictObject(discrimination),
  pooled: z.strictObject(discrimination),
  allRows: z.strictObject({ ...discrimination, meanProbability: share, pointsSha256: words }),
  calibration: z.array(z.strictObject({ rows: count, expected: share, observed: share })),
  fairness: z.array(
    z.strictObject({
      name,
      column: name,
      codes: z.record(z.string(), z.array(code)).optional(),
      below: z.array(number).optional(),
      groups: z.array(
        z.strictObject({ group: words, rows: count, passed: share, badRate: share, adverseImpactRatio: share }),
      ),
    }),
  ),
  associations: z.array(
    z.strictObject({ column: name, isUsed: z.boolean(), associations: z.record(z.string(), share) }),
  ),
  versions: z.record(z.string(), words),
});

const riskCardSchema: z.ZodType<RiskCard> = z.strictObject({
  id: told(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), 'small letters, digits and hyphens, such as behaviour'),
  version: told(z.int().min(1), 'a whole number from 1 on'),
  title: words,
  scale: z.strictObject({
    base: number,
    odds: told(z.number().positive(), 'above 0'),
    pdo: told(z.number().positive(), 'above 0'),
  }),
  basePoints: points,
  cutOff: points,
  columns: z.array(column).min(1),
  features: z.array(feature).min(1),
  reasons: z.array(z.strictObject({ code: name, zh: words, en: words, best: z.record(z.string(), code) })).min(1),
  psiBaseline: z.strictObject({ below: z.array(number), shares: z.array(share) }),
  trained,
});
