/** Texts and names that people write, counted as people count: by characters and not by UTF-16 units. */
import { z } from 'zod';
import { isPlainCharacters } from '../../domain/values/acceptedValues';
import { countCharacters } from '../../domain/values/characters';

/**
 * `fix` is what the caller reads. Without control characters but ends of lines, and well-formed (`acceptedValues.ts`). JSON Schema counts
 * `minLength` and `maxLength` in characters as well.
 */
export function charactersOf(fix: string, { min = 1, max }: { min?: number; max: number }) {
  return z
    .string(fix)
    .refine((text) => {
      const count = countCharacters(text);
      return count >= min && count <= max;
    }, fix)
    .refine(isPlainCharacters, {
      message: fix,
      params: { fault: 'has a control character, or half of a character that takes two' },
    })
    .meta({ minLength: min, maxLength: max });
}

/** As a caller reads what may be sent: `level, level-monthly or interest-first`. */
export function oneOf(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(Boolean).join(' or ');
}
