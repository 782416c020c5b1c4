/** The stages of a notice text from its draft on, and what a provider says of it. */
import { type NameOf, namesOf } from '../../values/tables';

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

/** What is to become of it is decided, by a person or by the version after it. */
export function isClosedTemplate(stage: TemplateStage): boolean {
  return TEMPLATE_STAGES[stage].isClosed;
}

/** `not-needed`: the provider takes any text. */
export const REGISTRATION_STATUSES = ['pending', 'approved', 'rejected', 'not-needed'] as const;
export type RegistrationStatus = (typeof REGISTRATION_STATUSES)[number];

/** What each may become; nothing follows an end, and a version does not come back. */
export const FOLLOWS: Readonly<Record<TemplateStage, readonly TemplateStage[]>> = {
  draft: ['in-review', 'rejected', 'retired'],
  'in-review': ['registering', 'rejected', 'retired'],
  registering: ['active', 'rejected', 'retired'],
  active: ['superseded', 'retired'],
  superseded: [],
  retired: [],
  rejected: [],
};

/** By one person's approval: of a draft, or of what is in review. */
export function afterApproval(status: TemplateStage): TemplateStage {
  return status === 'draft' || status === 'in-review' ? 'registering' : status;
}

export interface Registration {
  status: RegistrationStatus;
  /** The provider's own code of the template. */
  code: string | null;
  reason: string | null;
}

/** What a provider answered: the first for good stands, and a code that it gave once is kept. */
export function registrationAfter(known: Registration | undefined, answered: Registration): Registration {
  if (!known) return answered;
  return known.status === 'pending' ? { ...answered, code: answered.code ?? known.code } : known;
}
