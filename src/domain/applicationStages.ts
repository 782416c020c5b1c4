/** The stages of an application, in their order. */
import { type NameOf, namesWith } from './tables';

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
