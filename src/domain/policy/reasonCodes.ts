/**
 * Reason codes: why something was declined, referred, reduced or stopped, in the words a borrower and an operator may
 * read. A refusal is explained in the open (PIPL art. 24; facts 2.3, 2.8). `docs/reason-codes.md` is the same table
 * for people; a test holds both together.
 */
import { APPLICATION_REASONS } from './applicationReasons';
import { APPROVAL_REASONS } from './approvalReasons';
import { ASSESSMENT_REASONS } from './assessmentReasons';
import { DATE_REASONS } from './dateReasons';
import { DEBIT_REASONS } from './debitReasons';
import { INCIDENT_REASONS } from './incidentReasons';
import type { ReasonText } from './reasonText';
import { REQUEST_REASONS } from './requestReasons';
import { WARNING_REASONS } from './warningReasons';

/** In the order of `docs/reason-codes.md`. */
export const REASONS = {
  ...ASSESSMENT_REASONS,
  ...APPLICATION_REASONS,
  ...REQUEST_REASONS,
  ...INCIDENT_REASONS,
  ...APPROVAL_REASONS,
  ...WARNING_REASONS,
  ...DEBIT_REASONS,
  ...DATE_REASONS,
} as const satisfies Record<string, ReasonText>;

export type ReasonCode = keyof typeof REASONS;
