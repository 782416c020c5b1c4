/** Knock-outs: known data with which no credit is given, whatever the rest says. Source: facts 2.7, 2.8. */

import type { AssessmentPolicy } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import type { AssessmentInput } from './assessment';

/**
 * The knock-outs that apply, most important first. What is missing knocks nobody out: it is for a person to look at
 * (`assess.ts`), so an absent field is never read as its worst value here.
 */
export function hardDeclines(
  input: AssessmentInput,
  policy: Pick<AssessmentPolicy, 'worstBureauBucketMonths' | 'maxBureauInquiries3Months'>,
): ReasonCode[] {
  const { identity, finances } = input;
  const found: ReasonCode[] = [];
  if (identity.check === 'mismatched') found.push('IDENTITY_MISMATCH');
  if (identity.adult === false) found.push('NOT_ADULT');
  if (finances.openOverdue === true) found.push('OPEN_OVERDUE');
  if (finances.worstBureauCode !== undefined && finances.worstBureauCode >= policy.worstBureauBucketMonths) {
    found.push('BUREAU_HISTORY');
  }
  const inquiries = finances.bureauInquiries3Months;
  if (inquiries !== undefined && inquiries > policy.maxBureauInquiries3Months) found.push('TOO_MANY_INQUIRIES');
  return found;
}
