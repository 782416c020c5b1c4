/**
 * What has been told to a workflow and is not taken yet, in the order in which it came, and who waits for an answer. How
 * it is taken, one by one or all in a step, each lifecycle says.
 */
import { allHandlersFinished, condition } from '@temporalio/workflow';

/** A message on its way: whoever asked waits until `answer` is there. */
export interface Envelope<Message, Answer> {
  readonly message: Message;
  answer?: Answer;
}

export class Mailbox<Message, Answer> {
  private waiting: Envelope<Message, Answer>[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  put(message: Message): void {
    this.waiting.push({ message });
  }

  /** Before all that waits: the first step of a run takes its opening before what came with the start. */
  putFirst(message: Message): void {
    this.waiting.unshift({ message });
  }

  takeOne(): Envelope<Message, Answer> | undefined {
    return this.waiting.shift();
  }

  takeAll(): Envelope<Message, Answer>[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** For handlers of updates: what comes of the message, once somebody has taken it and written the answer on it. */
  async ask(message: Message): Promise<Answer> {
    const asked: Envelope<Message, Answer> = { message };
    this.waiting.push(asked);
    await condition(() => asked.answer !== undefined);
    return asked.answer as Answer;
  }

  /** At the end, where there is nothing more to judge: whoever waits hears the same. */
  answerRest(answer: Answer): void {
    for (const envelope of this.takeAll()) envelope.answer = answer;
  }

  /**
   * At the end: what came with it or after it is taken too, by steps, until nobody waits for an answer; or until a step
   * shows that it was not the end.
   */
  async takeRest(step: () => Promise<void>, goesOn: () => boolean = () => false): Promise<void> {
    while (!goesOn() && (!allHandlersFinished() || !this.isEmpty)) {
      await this.messageOrQuiet();
      if (!this.isEmpty) await step();
    }
  }

  /** Whether a run that `isLong` may end for the next one: nothing that came and nobody who asks is left behind. */
  async isTimeToRenew(isLong: boolean): Promise<boolean> {
    if (!isLong) return false;
    await this.messageOrQuiet();
    return this.isEmpty;
  }

  /** Until a message is there, or everybody has heard an answer. */
  private messageOrQuiet(): Promise<void> {
    return condition(() => allHandlersFinished() || !this.isEmpty);
  }
}
