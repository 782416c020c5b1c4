/** Which words for a write-off count: those since somebody last kept the account, or since its review last ended. */
export function approvalsInCount<Word extends { kind: string }>(words: readonly Word[]): Word[] {
  const end = words.findLastIndex(({ kind }) => kind === 'keep' || kind === 'review-ended');
  return words.slice(end + 1).filter(({ kind }) => kind === 'write-off');
}
