/** What becomes of something that was set aside: two people want the same, and are not one. */

import { isSamePrincipal } from '../values/principals';
import { type NameOf, namesWith } from '../values/tables';

/** `retry`: it is taken again, now that its cause is mended; `dismiss`: it is never taken. */
export const ASIDE_WORDS = ['retry', 'dismiss'] as const;
export type AsideWord = (typeof ASIDE_WORDS)[number];

/** `again`: two people want it taken again, and the account has not yet. */
export const ASIDE_STATES = {
  waiting: { isClosed: false },
  again: { isClosed: false },
  taken: { isClosed: true },
  dismissed: { isClosed: true },
} as const satisfies Record<string, { isClosed: boolean }>;
export type AsideState = NameOf<typeof ASIDE_STATES>;
export const OPEN_ASIDES = namesWith(ASIDE_STATES, { isClosed: false });

export interface Aside {
  state: AsideState;
  /** What the first of two people wants; null while nobody has said anything. */
  word: AsideWord | null;
  wordBy: string | null;
}

export interface SaidOfAside {
  word: AsideWord;
  /** The principal who says it. */
  by: string;
}

export type AsideAnswer =
  | 'needs-second-person'
  /** Two people want it. */
  | 'agreed'
  /** Two people wanted it taken again before: the account is told once more. */
  | 'told-again'
  | 'same-person'
  | 'settled-already';

/** Another word than the first one's is a first one itself: what two people want is one thing. */
export function answerTo({ state, word, wordBy }: Aside, said: SaidOfAside): AsideAnswer {
  if (state === 'again' && said.word === 'retry') return 'told-again';
  if (state !== 'waiting') return 'settled-already';
  if (word !== said.word || wordBy === null) return 'needs-second-person';
  return isSamePrincipal(wordBy, said.by) ? 'same-person' : 'agreed';
}

interface ListedAside {
  asideId: number;
  state: AsideState;
  atMs: number;
}

/** Those that wait still, the oldest first; `withSettled`: all. */
export function asidesShown<Item extends ListedAside>(asides: readonly Item[], withSettled: boolean): Item[] {
  return asides
    .filter(({ state }) => withSettled || !ASIDE_STATES[state].isClosed)
    .sort((one, other) => one.atMs - other.atMs || one.asideId - other.asideId);
}

/** Of them those that came before an instant. */
export function asidesWaiting<Item extends ListedAside>(asides: readonly Item[], beforeMs: number): Item[] {
  return asidesShown(asides, false).filter(({ atMs }) => atMs < beforeMs);
}
