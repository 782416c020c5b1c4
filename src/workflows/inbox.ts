/** What has arrived at an account since its last step, and who waits for an answer to it. */
import { condition } from '@temporalio/workflow';
import type { ChangeResult, PurchaseResult, WriteOffProgress } from '../contracts/account';
import type { Arrival } from '../contracts/activities';
import type { InstalmentResult } from '../contracts/instalments';

type Answer = PurchaseResult | ChangeResult | InstalmentResult | WriteOffProgress;

export class Inbox {
  private arrivals: Arrival[] = [];
  /** Keys whose answer is waited for, and the answers that have come. */
  private asking = new Set<string>();
  private answers = new Map<string, Answer>();

  get isEmpty(): boolean {
    return this.arrivals.length === 0;
  }

  put(arrival: Arrival): void {
    this.arrivals.push(arrival);
  }

  /** The first step takes the opening before what came with the start. */
  putFirst(arrival: Arrival): void {
    this.arrivals.unshift(arrival);
  }

  take(): Arrival[] {
    const taken = this.arrivals;
    this.arrivals = [];
    return taken;
  }

  /** One at a time by its key: the same key with other content must hear its own answer, not the one of before. */
  async ask<Expected extends Answer>(key: string, arrival: Arrival): Promise<Expected> {
    await condition(() => !this.asking.has(key));
    this.asking.add(key);
    this.put(arrival);
    await condition(() => this.answers.has(key));
    const answer = this.answers.get(key);
    this.answers.delete(key);
    this.asking.delete(key);
    if (!answer) throw new Error('the answer was there a moment ago');
    // The step answers each kind of arrival by its own shape.
    return answer as Expected;
  }

  /** The answers of a step. */
  hear(answers: Record<string, Answer>): void {
    for (const [key, answer] of Object.entries(answers)) this.answers.set(key, answer);
  }
}
