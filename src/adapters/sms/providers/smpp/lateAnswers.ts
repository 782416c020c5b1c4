/**
 * Answers to submits that came after their timeout, for as long as the process lives: an inquiry about such an attempt
 * need not stay in doubt. Bounded; the oldest are forgotten.
 */
import { ESME_ROK } from './statusCodes';

const MOST_ENTRIES = 10_000;

export type Afterwards =
  /** Every part was taken; these are their ids. */
  | { status: 'taken'; ids: readonly [string, ...string[]] }
  /** Nothing of it was taken. */
  | { status: 'not-taken' };

export class LateAnswers {
  private readonly known = new Map<string, Afterwards>();

  /**
   * A part was answered late: the parts before it had `ids`. Of a text whose later parts were not sent after that, a
   * taken part tells nothing: the whole never goes out.
   */
  tell(
    reference: string,
    { ids, parts, code, id }: { ids: readonly string[]; parts: number; code: number; id: string | undefined },
  ): void {
    if (code !== ESME_ROK && ids.length === 0) this.keep(reference, { status: 'not-taken' });
    const [first, ...rest] = [...ids, ...(id === undefined ? [] : [id])];
    if (code === ESME_ROK && first !== undefined && rest.length + 1 === parts)
      this.keep(reference, { status: 'taken', ids: [first, ...rest] });
  }

  of(reference: string): Afterwards | undefined {
    return this.known.get(reference);
  }

  private keep(reference: string, afterwards: Afterwards): void {
    this.known.set(reference, afterwards);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_ENTRIES && oldest !== undefined) this.known.delete(oldest);
  }
}
