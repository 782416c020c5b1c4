/** Trouble on the way to Temporal, which is never the business's no. Each process says it in its own words. */

/** It may have been done, or not: the same call again is safe. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super(`it is not known whether it was done: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** Nothing was done: what was only to be read did not answer. */
export class Unreachable extends Error {
  constructor(
    readonly what: string,
    cause?: unknown,
  ) {
    super(`${what} cannot be reached`, { cause });
    this.name = 'Unreachable';
  }
}
