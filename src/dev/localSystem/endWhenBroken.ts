/** Ends a run when a part of its system ends by itself. */
import { tellable } from '../../db/errorLine';
import type { Stop } from './stop';

/**
 * `isOver`: the run has ended by itself, and its parts are being stopped. A watch that fails ends the run as well: what
 * is not watched would stand still without a word.
 */
export function endWhenBroken(stop: Pick<Stop, 'ask'>, broken: Promise<string>, isOver: () => boolean): void {
  const end = (what: string): void => {
    if (!isOver()) stop.ask(what);
  };
  broken.then(end, (error) => end(`a part of the system cannot be watched: ${tellable(error)}`));
}
