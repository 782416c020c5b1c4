/** Origination: what the application's workflow asks of activities. The signatures, and nothing of how. */

import type { Product } from '../../domain/policy/lendingPolicy';
import type { Assessment } from '../../domain/risk/assessment';
import type { BusinessClock } from '../../domain/values/clock';
import type { Acceptance, AcceptanceResult, ApplicationInput, Offer, ReferralDecision } from './application';

export interface AssessmentActivities {
  /**
   * Asks the books whose the application is, judges it, and records the decision with its reasons and policy version. One
   * that was judged before is told as it stands.
   */
  assessApplication(input: AssessApplication): Promise<(AssessmentOutcome & { drawn?: Drawn | undefined }) | Refused>;
  /** Records a person's decision on a referral, or that its deadline has passed. */
  concludeReferral(input: ConcludeReferral): Promise<AssessmentOutcome | DecisionNotTaken>;
  /** Opens an account under the offer: its terms, and its share of the offer. Its own first step books the rest. */
  openAccount(input: OpenAccount): Promise<AcceptanceResult>;
  /** Starts the workflow of an account that was opened; an account is started once, by its workflow id. */
  startAccount(input: StartAccount): Promise<void>;
  /** The offer ran out, or was used up: recorded. */
  closeApplication(input: ApplicationRef & { asOfMs: number; stage: 'expired' | 'accepted' }): Promise<void>;
}

export interface AssessApplication extends ApplicationInput {
  asOfMs: number;
  /** Both absent in calls from before the books were asked. */
  workflowId?: string | undefined;
  /** First run of the workflow: the books keep which life an application belongs to. */
  lifeId?: string | undefined;
}

/** What another run of the application has opened under its offer. */
export interface Drawn {
  accountIds: string[];
  drawnFen: number;
}

/** The books know the id otherwise: of another borrower or content, or over. The workflow ends, nothing is changed. */
interface Refused {
  refused: string;
}

export interface ApplicationRef {
  tenantId: string;
  applicationId: string;
}

export interface AssessmentOutcome {
  assessment: Assessment;
  /** Present when approved. */
  offer?: Offer | undefined;
  /** Present when referred: until when a person must decide. */
  decideByMs?: number | undefined;
  /** Present when referred: what an approval would grant without further proof; 0 where a knock-out forbids it. */
  outlookFen?: number | undefined;
}

/** The word could not be stored, or failed for another cause that no second try mends: the referral waits on. */
export interface DecisionNotTaken {
  notTaken: true;
}

export interface StartAccount {
  tenantId: string;
  accountId: string;
  product: Product;
  clock: BusinessClock;
}

export interface ConcludeReferral extends ApplicationRef {
  asOfMs: number;
  /** Absent: nobody decided in time. */
  decision?: ReferralDecision | undefined;
}

export interface OpenAccount extends ApplicationRef {
  asOfMs: number;
  acceptance: Acceptance;
}
