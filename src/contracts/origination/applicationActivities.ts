/** Origination: what the application's workflow asks of activities. The signatures, and nothing of how. */

import type { SourceStatus, SuppliedKind } from '../../domain/origination/dataSources';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { Assessment } from '../../domain/risk/assessment';
import type { BusinessClock } from '../../domain/values/clock';
import type { Acceptance, AcceptanceResult, ApplicationInput, Objection, Offer, ReferralDecision } from './application';

export interface AssessmentActivities {
  /**
   * Asks the books whose the application is, judges it, and records the decision with its reasons and policy version. One
   * that was judged before is told as it stands.
   */
  assessApplication(
    input: AssessApplication,
  ): Promise<(AssessmentOutcome & { drawn?: Drawn | undefined }) | Refused | BeforeSources>;
  /** Judges by what sources have shown. Where nothing has changed since, what was judged before is told as it stands. */
  judgeGathered(input: JudgeGathered): Promise<AssessmentOutcome>;
  /**
   * Records a person's decision on a referral, or that its deadline has passed: then it is declined, but in the review of
   * an objection a person is called and it waits on.
   */
  concludeReferral(input: ConcludeReferral): Promise<AssessmentOutcome | DecisionNotTaken>;
  /** Turns a decline that no person made into a review by one, once. */
  receiveObjection(input: ReceiveObjection): Promise<AssessmentOutcome | ObjectionRefused>;
  /** Opens an account under the offer: its terms, and its share of the offer. Its own first step books the rest. */
  openAccount(input: OpenAccount): Promise<AcceptanceResult>;
  /** Starts the workflow of an account that was opened; an account is started once, by its workflow id. */
  startAccount(input: StartAccount): Promise<void>;
  /** The offer ran out, or was used up: recorded. Of a decline: nobody objects any more, and nothing changes. */
  closeApplication(
    input: ApplicationRef & { asOfMs: number; stage: 'expired' | 'accepted' | 'declined' },
  ): Promise<void>;
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

export interface SourceActivities {
  /** Asks one source about the applicant, where a consent lets it, and keeps a copy of what it showed. */
  askSource(input: AskSource): Promise<SourceAsked>;
}

export interface AskSource extends ApplicationRef {
  asOfMs: number;
  kind: SuppliedKind;
}

export interface SourceAsked {
  status: SourceStatus | 'unavailable' | 'without-consent' | 'not-needed';
  /** Of `unavailable`: why, in words without any value. */
  detail?: string | undefined;
}

/** Whom to ask, in which round, and when. */
export interface SourcesToAsk {
  kinds: SuppliedKind[];
  round: number;
  atMs: number;
}

/** The policy asks for sources: nothing is judged before they were asked once. */
export interface BeforeSources {
  toAsk: SourcesToAsk;
  policyVersion: string;
}

export interface JudgeGathered extends ApplicationRef {
  asOfMs: number;
  policyVersion: string;
  /** How often sources were asked. */
  round: number;
}

export interface AssessmentOutcome {
  assessment: Assessment;
  /** Present when approved. */
  offer?: Offer | undefined;
  /** Present when referred: until when a person must decide. */
  decideByMs?: number | undefined;
  /** Present when referred: what an approval would grant without further proof; 0 where a knock-out forbids it. */
  outlookFen?: number | undefined;
  /** Present when referred and a source is to be asked again. */
  toAsk?: SourcesToAsk | undefined;
  /** Present when declined by rules or by a deadline: until when it may be objected to. Absent in calls of before. */
  objectUntilMs?: number | undefined;
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

export interface ReceiveObjection extends ApplicationRef {
  asOfMs: number;
  /** When it came to the workflow: what was in time is, however long the books were out of reach. */
  receivedAtMs: number;
  objection: Objection;
}

export interface ObjectionRefused {
  reasonCodes: string[];
}

export interface OpenAccount extends ApplicationRef {
  asOfMs: number;
  acceptance: Acceptance;
}
