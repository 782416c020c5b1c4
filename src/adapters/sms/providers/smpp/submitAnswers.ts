/** What a session answers to who submits, and what an answer says about the SMSC. */
import type { FailureClass } from '../../port';
import type { Answer } from './connection';
import { failureOf, statusName } from './statusCodes';

export type SubmitAnswer =
  | Answer
  | {
      status: 'refused-here';
      failure: FailureClass;
      code: string;
      detail: string;
      /** Told to this session; another worker's may be bound. */
      isOwnSession?: boolean;
    };

/** Asks for fewer messages at once, and not only for one to be kept back. */
export function isBusy(code: number): boolean {
  return failureOf(code) === 'windowed' || statusName(code) === 'ESME_RMSGQFUL';
}

export function refusedHere(failure: FailureClass, code: string, detail: string) {
  return { status: 'refused-here', failure, code, detail } as const;
}
