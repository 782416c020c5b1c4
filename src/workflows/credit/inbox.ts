/** The mailbox of an account: a step takes all that has arrived since the last one, and answers each by its key. */
import { condition, patched } from '@temporalio/workflow';
import type { AdvanceResult } from '../../contracts/activities';
import type { MessageAnswer } from '../../contracts/credit/accountMessages';
import { type Arrival, keyOfAsked } from '../../contracts/credit/arrivals';
import type { Envelope, Mailbox } from '../mailbox';

/** Since this, who asks while the same key is asked for is judged in the same step, and does not wait for its turn. */
const TOGETHER = 'asked-together';

export class Inbox {
  /** Those of the step that is being taken; each that asks has its own answer, whoever else asks under the same key. */
  private taken: Envelope<Arrival, MessageAnswer>[] = [];
  /** Keys whose answer is waited for. */
  private asking = new Set<string>();

  constructor(private readonly mailbox: Mailbox<Arrival, MessageAnswer>) {}

  put(arrival: Arrival): void {
    this.mailbox.put(arrival);
  }

  take(): Arrival[] {
    this.taken = this.mailbox.takeAll();
    return this.taken.map(({ message }) => message);
  }

  /** What is asked for is answered by the step that takes it; the same key with other content hears its own answer. */
  async ask<Expected extends MessageAnswer>(key: string, arrival: Arrival): Promise<Expected> {
    // In histories of before, one waited for the other to be answered.
    const waitsItsTurn = this.asking.has(key) && !patched(TOGETHER);
    do await condition(() => !waitsItsTurn || !this.asking.has(key));
    while (waitsItsTurn && this.asking.has(key));
    this.asking.add(key);
    const answer = await this.mailbox.ask(arrival);
    this.asking.delete(key);
    // The step answers each kind of arrival by its own shape.
    return answer as Expected;
  }

  /** The answers of the step: of each arrival its own; of a step of before there were such, by its key. */
  answer({ answers, purchases, changes = {} }: Pick<AdvanceResult, 'answers' | 'purchases' | 'changes'>): void {
    for (const [position, envelope] of this.taken.entries()) {
      const { kind, key } = keyOfAsked(envelope.message) ?? {};
      if (key === undefined) continue;
      const byKey = kind === 'purchase' ? purchases[key] : changes[key];
      const answer = answers?.[position] ?? byKey;
      if (answer) envelope.answer = answer;
    }
    this.taken = [];
  }
}
