/**
 * How many characters people see a name or a text to have: code points, of which a rare character (𠮷, of many a name) or an
 * emoji is one where UTF-16 has two units. What a carrier bills is counted by `messageParts.ts` alone.
 */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The first `most` characters, none of them cut in half. */
export function firstCharacters(text: string, most: number): string {
  // No character has more than two units.
  return Array.from(text.slice(0, 2 * most))
    .slice(0, most)
    .join('');
}
