/** The stages of a model's life, from its development to its retirement (docs/model-life.md). */
import { type NameOf, namesOf } from '../values/tables';

const MODEL_STAGES = {
  developed: { isClosed: false },
  tested: { isClosed: false },
  reviewed: { isClosed: false },
  active: { isClosed: false },
  lapsed: { isClosed: false },
  declined: { isClosed: true },
  retired: { isClosed: true },
} as const satisfies Record<string, { isClosed: boolean }>;

export type ModelStage = NameOf<typeof MODEL_STAGES>;

export const MODEL_STAGE_NAMES = namesOf(MODEL_STAGES);

/** Nothing follows: a new version is another model. */
export function isClosedModel(stage: ModelStage): boolean {
  return MODEL_STAGES[stage].isClosed;
}

/** `points`: the form of the card of a lending policy. `trained`: a card of points that was trained on data. */
export const MODEL_FORMS = ['points', 'trained'] as const;
export type ModelForm = (typeof MODEL_FORMS)[number];
