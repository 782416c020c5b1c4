/** Arrivals of a step taken one by one, so that one at fault is put away and the others go on. */
import type { Arrival, MessageAnswer } from '../../contracts/activities';
import { rehearse, tryApart } from '../../db/faults';
import { takeArrival } from './recordRequests';
import { putAway } from './setAside';
import { goBack, markOf, type Step } from './step';

export type Answers = (MessageAnswer | null)[];

export async function takeOne(step: Step, arrival: Arrival): Promise<MessageAnswer | null> {
  step.answer = undefined;
  await takeArrival(step, arrival);
  return step.answer ?? null;
}

/** `wholeStep` is rehearsed after each: what an arrival breaks may show only where the books are brought to it. */
export async function takeEachApart(step: Step, wholeStep: () => Promise<unknown>): Promise<Answers> {
  const { client, input } = step;
  const rehearseStep = async () => {
    const mark = markOf(step);
    await rehearse(client, wholeStep);
    goBack(step, mark);
  };
  const answers: Answers = [];
  // Ours, and the first of all; what fails with it alone fails by no caller, and is mended by people.
  const callersFrom = input.arrivals.findIndex(({ kind }) => kind !== 'opening' && kind !== 'look');
  const ours = input.arrivals.slice(0, Math.max(callersFrom, 0));
  for (const arrival of ours) answers.push(await takeOne(step, arrival));
  await rehearseStep();
  for (const arrival of input.arrivals.slice(ours.length)) {
    const mark = markOf(step);
    const tried = await tryApart(client, async () => {
      const answer = await takeOne(step, arrival);
      await rehearseStep();
      return answer;
    });
    if ('fault' in tried) {
      goBack(step, mark);
      step.answer = undefined;
      await putAway(step, arrival, tried.fault);
    }
    answers.push('result' in tried ? tried.result : (step.answer ?? null));
  }
  return answers;
}
