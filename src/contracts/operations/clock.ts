/** What workflows hear of the deployment's business clock: that it has moved, and that they asked too early. */
import { defineSignal } from '@temporalio/workflow';
import type { BusinessClock } from '../../domain/values/clock';

/** The clock goes on from new epochs: an accelerated clock pauses while the system is down. */
export const clockMoved = defineSignal<[BusinessClock]>('clockMoved');

/**
 * The answer of a step that was asked for at an instant which has not come: an accelerated clock stood meanwhile, and
 * goes on like this. Nothing was done. In real time there is no such answer.
 */
export interface TooEarly {
  tooEarly: BusinessClock;
  /** The instant that the clock shows: a step as of it is not early. Absent in histories from before it was told. */
  shownMs?: number | undefined;
}

/** Activities as workflows meet them: each may answer that its instant has not come. */
export type Timed<Activities> = {
  [Name in keyof Activities]: Activities[Name] extends (input: infer Input) => Promise<infer Result>
    ? (input: Input) => Promise<Result | TooEarly>
    : never;
};
