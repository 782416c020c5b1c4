/**
 * Words of a table of the domain as a list in SQL: `status in (${sqlWords(OPEN_DEBITS)})`. As text and not as a bound
 * value, so that the planner knows the words and takes the partial index of the same ones.
 */
const WORD = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function sqlWords(words: readonly string[]): string {
  const odd = words.find((word) => !WORD.test(word));
  if (words.length === 0 || odd !== undefined) throw new Error(`no list of words for SQL: ${JSON.stringify(words)}`);
  return words.map((word) => `'${word}'`).join(', ');
}
