/** Stages of a template's version, and of its registration with a provider. */
export type TemplateStatus = 'draft' | 'in-review' | 'registering' | 'active' | 'superseded' | 'retired' | 'rejected';

/** What each may become; nothing follows an end, and a version does not come back. */
export const FOLLOWS: Readonly<Record<TemplateStatus, readonly TemplateStatus[]>> = {
  draft: ['in-review', 'rejected', 'retired'],
  'in-review': ['registering', 'rejected', 'retired'],
  registering: ['active', 'rejected', 'retired'],
  active: ['superseded', 'retired'],
  superseded: [],
  retired: [],
  rejected: [],
};

/** By one person's approval: of a draft, or of what is in review. */
export function afterApproval(status: TemplateStatus): TemplateStatus {
  return status === 'draft' || status === 'in-review' ? 'registering' : status;
}

export type RegistrationStatus = 'pending' | 'approved' | 'rejected' | 'not-needed';

export interface Registration {
  status: RegistrationStatus;
  /** The provider's own code of the template. */
  code: string | null;
  reason: string | null;
}

/** What a provider answered: the first for good stands, and a code that it gave once is kept. */
export function registrationAfter(known: Registration | undefined, told: Registration): Registration {
  if (!known) return told;
  return known.status === 'pending' ? { ...told, code: told.code ?? known.code } : known;
}
