/** The stages of a model's life, from its development to its retirement (docs/model-life.md). */
import { type NameOf, namesOf } from '../values/tables';

interface StageRow {
  isClosed: boolean;
  /** What may follow; the database refuses the rest. */
  next: readonly string[];
}

export const MODEL_STAGES = {
  developed: { isClosed: false, next: ['tested', 'retired'] },
  tested: { isClosed: false, next: ['reviewed', 'declined', 'retired'] },
  reviewed: { isClosed: false, next: ['active', 'retired'] },
  active: { isClosed: false, next: ['lapsed', 'retired'] },
  lapsed: { isClosed: false, next: ['active', 'retired'] },
  declined: { isClosed: true, next: [] },
  retired: { isClosed: true, next: [] },
} as const satisfies Record<string, StageRow>;

export type ModelStage = NameOf<typeof MODEL_STAGES>;

export const MODEL_STAGE_NAMES = namesOf(MODEL_STAGES);

/** Nothing follows: a new version is another model. */
export function isClosedModel(stage: ModelStage): boolean {
  return MODEL_STAGES[stage].isClosed;
}

/** `points`: the form of the card of a lending policy. `trained`: a card of points that was trained on data. */
export const MODEL_FORMS = ['points', 'trained'] as const;
export type ModelForm = (typeof MODEL_FORMS)[number];

/** What is on record of a model's life. */
export const MODEL_EVENTS = [
  'registered',
  'test',
  'review',
  'promotion',
  'revalidation',
  'lapse',
  'retirement',
] as const;
export type ModelEvent = (typeof MODEL_EVENTS)[number];
