/** What is refused since a version, while histories of before go on as they went. */
import { ApplicationFailure, patched } from '@temporalio/workflow';
import { failureTypes } from '../contracts/names';
import type { Field } from '../contracts/schema';
import { sentenceOf } from '../contracts/schemaJudge';

/** Kinds of input; each has a marker in the history of the run that refused one. */
const PATCHES = {
  STARTS: 'starts-judged-strictly',
  CLOCKS: 'clocks-judged',
} as const;

/** The fault, unless this is a replay of a run that went on with it. Where there is no fault, nothing is recorded. */
export function newlyRefused(kind: keyof typeof PATCHES, fault: string | undefined): string | undefined {
  return fault !== undefined && patched(PATCHES[kind]) ? fault : undefined;
}

/** What starts a run: refused as it always was, and, of runs that begin now, as the schema says. */
export function judgeStart<Input>(schema: Field, input: Input, also?: (input: Input) => string | undefined): void {
  const fault =
    sentenceOf(schema, input, 'before') ?? also?.(input) ?? newlyRefused('STARTS', sentenceOf(schema, input));
  if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
}

/** As {@link judgeStart}, of runs whose start nobody but this system makes: as it always was. */
export function judgeOwnStart(schema: Field, input: unknown): void {
  const fault = sentenceOf(schema, input, 'before');
  if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
}
