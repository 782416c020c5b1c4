/** What has arrived at an account since its last step, and who waits for an answer to it. */
import { condition, patched } from '@temporalio/workflow';
import type { AdvanceResult } from '../../contracts/activities';
import type { MessageAnswer } from '../../contracts/credit/accountMessages';
import { type Arrival, keyOfAsked } from '../../contracts/credit/arrivals';

/** Since this, who asks while the same key is asked for is judged in the same step, and does not wait for its turn. */
const TOGETHER = 'asked-together';

interface Arrived {
  arrival: Arrival;
  /** Of one that asks: its own, whoever else asks under the same key. */
  answer?: MessageAnswer;
}

export class Inbox {
  private waiting: Arrived[] = [];
  /** Those of the step that is being taken. */
  private taken: Arrived[] = [];
  /** Keys whose answer is waited for. */
  private asking = new Set<string>();

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  put(arrival: Arrival): void {
    this.waiting.push({ arrival });
  }

  /** The first step takes the opening before what came with the start. */
  putFirst(arrival: Arrival): void {
    this.waiting.unshift({ arrival });
  }

  take(): Arrival[] {
    this.taken = this.waiting;
    this.waiting = [];
    return this.taken.map(({ arrival }) => arrival);
  }

  /** What is asked for is answered by the step that takes it; the same key with other content hears its own answer. */
  async ask<Expected extends MessageAnswer>(key: string, arrival: Arrival): Promise<Expected> {
    // In histories of before, one waited for the other to be answered.
    const waitsItsTurn = this.asking.has(key) && !patched(TOGETHER);
    do await condition(() => !waitsItsTurn || !this.asking.has(key));
    while (waitsItsTurn && this.asking.has(key));
    this.asking.add(key);
    const asked: Arrived = { arrival };
    this.waiting.push(asked);
    await condition(() => asked.answer !== undefined);
    this.asking.delete(key);
    // The step answers each kind of arrival by its own shape.
    return asked.answer as Expected;
  }

  /** The answers of the step: of each arrival its own; of a step of before there were such, by its key. */
  hear({ answers, purchases, changes = {} }: Pick<AdvanceResult, 'answers' | 'purchases' | 'changes'>): void {
    for (const [position, arrived] of this.taken.entries()) {
      const { kind, key } = keyOfAsked(arrived.arrival) ?? {};
      if (key === undefined) continue;
      const byKey = kind === 'purchase' ? purchases[key] : changes[key];
      const answer = answers?.[position] ?? byKey;
      if (answer) arrived.answer = answer;
    }
    this.taken = [];
  }
}
