/** What workflows ask of activities: the signatures, and nothing of how. */
import type { Assessment } from '../domain/assessment';
import type { BusinessClock } from '../domain/clock';
import type { Product } from '../domain/products';
import type { WordingName } from '../domain/wordings';
import type {
  AccountState,
  ChangeResult,
  CreditReturn,
  Payment,
  PaymentReversal,
  Purchase,
  PurchaseConfirmation,
  PurchaseResult,
  RateCorrection,
  Refund,
  Restructuring,
  RestructuringApproval,
  WriteOffDecision,
  WriteOffProgress,
} from './account';
import type { Acceptance, AcceptanceResult, ApplicationInput, Offer, ReferralDecision } from './application';
import type { DebitTotals } from './debitLane';
import type { DebitMandateChange } from './debitMandate';
import type {
  Acknowledgement,
  AppealAnswer,
  IncidentAnswer,
  IncidentAppeal,
  IncidentNote,
  IncidentReview,
  IncidentState,
  MeasuresChange,
  PersonalOpening,
  ResumeApproval,
} from './incident';
import type { InstalmentResult, InstalmentSettlement, InstalmentStart } from './instalments';
import type { LaneTotals } from './noticeLane';
import type {
  ProviderRegistration,
  ReviewDecision,
  TemplateAnswer,
  TemplateRetirement,
  TemplateReviewState,
} from './templateReview';

export interface AssessmentActivities {
  /** Judges an application, and records the decision with its reasons and policy version. */
  assessApplication(input: ApplicationInput & { asOfMs: number }): Promise<AssessmentOutcome>;
  /** Records a person's decision on a referral, or that its deadline has passed. */
  concludeReferral(input: ConcludeReferral): Promise<AssessmentOutcome>;
  /** Opens an account under the offer: its terms, and its share of the offer. Its own first step books the rest. */
  openAccount(input: OpenAccount): Promise<AcceptanceResult>;
  /** Starts the workflow of an account that was opened; an account is started once, by its workflow id. */
  startAccount(input: StartAccount): Promise<void>;
  /** The offer ran out, or was used up: recorded. */
  closeApplication(input: ApplicationRef & { asOfMs: number; stage: 'expired' | 'accepted' }): Promise<void>;
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

/** What arrived at an account since its last step. */
export type Arrival =
  /** The first step: the loan is paid out, or the account's limit is opened. */
  | { kind: 'opening' }
  | { kind: 'payment'; payment: Payment }
  | { kind: 'reversal'; reversal: PaymentReversal }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'purchase'; purchase: Purchase }
  | { kind: 'confirmation'; confirmation: PurchaseConfirmation }
  | { kind: 'credit-return'; creditReturn: CreditReturn }
  | { kind: 'rate-correction'; correction: RateCorrection }
  | { kind: 'restructuring'; restructuring: Restructuring }
  | { kind: 'restructuring-approval'; approval: RestructuringApproval }
  | { kind: 'mandate'; mandate: DebitMandateChange }
  | { kind: 'instalment-start'; start: InstalmentStart }
  | { kind: 'instalment-settlement'; settlement: InstalmentSettlement }
  /** A word for or against writing off, with the id of its update. */
  | { kind: 'write-off-word'; word: WriteOffDecision; key: string }
  /**
   * In histories from before words were counted in the books: two names, which count for nothing any more. `reasons`:
   * of the two, in their order; absent in histories from before they were asked for.
   */
  | { kind: 'write-off'; decidedBy: [string, string]; reasons?: [string, string] | undefined }
  /** Nothing has arrived: the account is looked at by the rules of now. */
  | { kind: 'look' };

export interface AdvanceAccount {
  tenantId: string;
  accountId: string;
  /** The business instant of the step; everything of the step counts as of it. */
  asOfMs: number;
  arrivals: Arrival[];
}

export interface AdvanceResult {
  state: AccountState;
  /** The answer to each purchase that arrived, by its id. */
  purchases: Record<string, PurchaseResult>;
  /**
   * The answer to each change that was asked for, by the key of its fact, such as `credit-return/2031`. Absent in
   * steps of histories from before there were such changes.
   */
  changes?: Record<string, ChangeResult | InstalmentResult | WriteOffProgress> | undefined;
}

export interface ServicingActivities {
  /**
   * One step of an account, in one transaction: records what arrived, folds the facts as of the instant, books the
   * difference, issues bills, plans notices, judges early warnings, and returns the stage and the next deadline.
   */
  advanceAccount(input: AdvanceAccount): Promise<AdvanceResult>;
}

export interface NoticeActivities {
  /** Sends, defers or cancels what is due in a lane; returns counts and when the next one is due. */
  sweepLane(input: { tenantId: string; lane: number; asOfMs: number }): Promise<SweepResult>;
}

export interface DebitActivities {
  /** Debits what is due in a lane, and follows up what is in doubt; returns counts and when to look again. */
  sweepDebits(input: { tenantId: string; lane: number; asOfMs: number }): Promise<DebitSweepResult>;
}

export interface DebitSweepResult extends Omit<DebitTotals, 'sweeps'> {
  /** Business instant at which the lane has something to do next; undefined when there is nothing. */
  nextDueAtMs?: number | undefined;
}

export interface SweepResult extends Omit<LaneTotals, 'sweeps'> {
  /** Business instant of the next planned notice of the lane; undefined when there is none. */
  nextDueAtMs?: number | undefined;
}

/** What is told to an incident, with the key under which it counts once. */
export type IncidentMessage = { key: string } & (
  | { kind: 'start'; opening?: PersonalOpening | undefined }
  | { kind: 'acknowledgement'; acknowledgement: Acknowledgement }
  | { kind: 'measures-change'; change: MeasuresChange }
  | { kind: 'resume-approval'; approval: ResumeApproval }
  | { kind: 'appeal'; appeal: IncidentAppeal }
  | { kind: 'appeal-answer'; answer: AppealAnswer }
  | { kind: 'note'; note: IncidentNote }
  | { kind: 'review'; review: IncidentReview }
);

export interface AdvanceIncident {
  tenantId: string;
  incidentId: string;
  asOfMs: number;
  /** Absent: a deadline has come. */
  message?: IncidentMessage | undefined;
}

export type AdvanceIncidentResult =
  | {
      state: IncidentState;
      /** The answer to the message. */
      answer: IncidentAnswer;
    }
  /** There is no such incident, and the start opens none. */
  | { fault: string };

export interface IncidentActivities {
  /**
   * One step of an incident, in one transaction: tells of deadlines that were missed, takes what was told, and returns
   * where it stands. With the second approval the measures are lifted, and every lane is rung after the commit.
   */
  advanceIncident(input: AdvanceIncident): Promise<AdvanceIncidentResult>;
}

export interface TemplateVersionRef {
  tenantId: string;
  kind: WordingName;
  version: number;
}

/** What happens to a template in its review. */
export type TemplateStep =
  /** The first one: the draft is checked. */
  | { kind: 'begin'; submittedBy: string }
  | { kind: 'decision'; decision: ReviewDecision }
  | { kind: 'retirement'; retirement: TemplateRetirement }
  /** Providers have answered: it becomes active, is rejected, or waits on. */
  | { kind: 'registered' }
  /** Nobody decided in time, or another version may have become active. */
  | { kind: 'look' };

export interface AdvanceTemplate extends TemplateVersionRef {
  asOfMs: number;
  step: TemplateStep;
}

export type AdvanceTemplateResult =
  | {
      state: TemplateReviewState;
      answer: TemplateAnswer;
      /** Version whose place it has taken, in this step. */
      supersededVersion?: number | undefined;
    }
  /** There is no such draft, or its author is another one. */
  | { fault: string };

export interface TemplateReviewActivities {
  /** One step of a template, in one transaction; done again, it finds what it did and changes nothing. */
  advanceTemplate(input: AdvanceTemplate): Promise<AdvanceTemplateResult>;
  /** Submits a text to a provider, or asks what became of it; keeps the answer. */
  registerTemplate(input: TemplateVersionRef & { provider: string; asOfMs: number }): Promise<ProviderRegistration>;
}
