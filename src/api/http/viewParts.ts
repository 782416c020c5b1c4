/** What the views of all subjects are made of: rows as callers see them are chosen field by field, so a new column is not shown by itself. */
import { z } from 'zod';
import { REASONS } from '../../domain/policy/reasonCodes';

/** Whole fen; a safe integer in JSON. */
export const fen = z.int();

/** Business instant, in milliseconds since 1970. */
export const instantMs = z.int();

export const count = z.int();

export const reasonView = z.object({ code: z.string(), en: z.string(), zh: z.string() });

/** Reason codes in the words that a borrower and an operator may read. */
export function explain(codes: readonly string[]): z.infer<typeof reasonView>[] {
  return codes.map((code) => ({ code, ...(REASONS[code as keyof typeof REASONS] ?? { en: code, zh: code }) }));
}

export const links = z.record(z.string(), z.string());

/** Where something counts from another date than it was told with. */
export const moved = {
  bookedOn: z
    .string()
    .optional()
    .describe('With DATED_BEFORE_OPENING: it was dated before the account, and counts from this date.'),
};
