/** The stages of an application, in their order, and what ends one. */
import type { Fen } from '../values/money';
import { type NameOf, namesWith } from '../values/tables';

export const APPLICATION_STAGES = {
  assessing: { isClosed: false },
  referred: { isClosed: false },
  offered: { isClosed: false },
  declined: { isClosed: true },
  expired: { isClosed: true },
  accepted: { isClosed: true },
} as const satisfies Record<string, { isClosed: boolean }>;

export type ApplicationStage = NameOf<typeof APPLICATION_STAGES>;

export const CLOSED_APPLICATION_STAGES = namesWith(APPLICATION_STAGES, { isClosed: true });

/** Whether its stage is one that ends it. */
export function isEnded({ stage }: { stage: ApplicationStage }): boolean {
  return APPLICATION_STAGES[stage].isClosed;
}

interface Ending {
  stage: ApplicationStage;
  /** Until when a decline may be objected to; null: it may not. */
  objectUntilMs: number | null;
}

/** Over: nothing of it changes any more. A decline is not as long as it may be objected to. */
export function isOver({ stage, objectUntilMs }: Ending, atMs: number): boolean {
  const isObjectable = stage === 'declined' && objectUntilMs !== null && atMs < objectUntilMs;
  return isEnded({ stage }) && !isObjectable;
}

/** Once the offer is over: accepted where something was drawn of it. What is no open offer stays as it is. */
export function stageAfterOffer({ stage, drawnFen }: { stage: ApplicationStage; drawnFen: Fen }): ApplicationStage {
  if (stage !== 'offered') return stage;
  return drawnFen > 0 ? 'accepted' : 'expired';
}

export interface ApplicationTimes {
  stage: ApplicationStage;
  receivedAtMs: number;
  decideByMs: number | null;
  offerExpiresAtMs: number | null;
}

/** When its stage should have been left: it is assessed at once, decided in time, and an offer has its end. */
export function stageEndsAtMs(application: ApplicationTimes): number | null {
  switch (application.stage) {
    case 'assessing':
      return application.receivedAtMs;
    case 'referred':
      return application.decideByMs;
    case 'offered':
      return application.offerExpiresAtMs;
    default:
      return null;
  }
}
