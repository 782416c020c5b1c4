/** The stages of a notice text from its draft on, and what a provider says of it. */
import { type NameOf, namesOf, namesWith } from './tables';

export const TEMPLATE_STAGES = {
  draft: { isClosed: false },
  'in-review': { isClosed: false },
  registering: { isClosed: false },
  active: { isClosed: false },
  superseded: { isClosed: true },
  retired: { isClosed: true },
  rejected: { isClosed: true },
} as const satisfies Record<string, { isClosed: boolean }>;

export type TemplateStage = NameOf<typeof TEMPLATE_STAGES>;

export const TEMPLATE_STAGE_NAMES = namesOf(TEMPLATE_STAGES);
export const CLOSED_TEMPLATE_STAGES = namesWith(TEMPLATE_STAGES, { isClosed: true });

/** What is to become of it is decided, by a person or by the version after it. */
export function isClosedTemplate(stage: TemplateStage): boolean {
  return TEMPLATE_STAGES[stage].isClosed;
}

/** `not-needed`: the provider takes any text. */
export const REGISTRATION_STATUSES = ['pending', 'approved', 'rejected', 'not-needed'] as const;
export type RegistrationStatus = (typeof REGISTRATION_STATUSES)[number];
