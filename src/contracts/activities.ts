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
  PurchaseApproval,
  PurchaseConfirmation,
  PurchaseResult,
  RateCorrection,
  Refund,
  Restructuring,
  RestructuringApproval,
  SettledDebit,
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
export interface Refused {
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

/** What arrived at an account since its last step. */
export type Arrival =
  /** The first step: the loan is paid out, or the account's limit is opened. */
  | { kind: 'opening' }
  | { kind: 'payment'; payment: Payment }
  | { kind: 'debit'; debit: SettledDebit }
  | { kind: 'reversal'; reversal: PaymentReversal }
  | { kind: 'refund'; refund: Refund }
  | { kind: 'purchase'; purchase: Purchase }
  | { kind: 'confirmation'; confirmation: PurchaseConfirmation }
  | { kind: 'credit-return'; creditReturn: CreditReturn }
  | { kind: 'rate-correction'; correction: RateCorrection }
  | { kind: 'restructuring'; restructuring: Restructuring }
  | { kind: 'purchase-approval'; approval: PurchaseApproval }
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
  /** What was set aside is taken again, as two people decided: docs/operations.md. */
  | { kind: 'set-aside'; asideId: number }
  /** Nothing has arrived: the account is looked at by the rules of now. */
  | { kind: 'look' };

/** The answer to what somebody asked for. */
export type Answer = PurchaseResult | ChangeResult | InstalmentResult | WriteOffProgress;

export interface AdvanceAccount {
  tenantId: string;
  accountId: string;
  /** The business instant of the step; everything of the step counts as of it. */
  asOfMs: number;
  arrivals: Arrival[];
  /** In the first step: the books say whether the account is there, and whether this is its workflow. */
  workflowId?: string | undefined;
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
  /**
   * The answer to each arrival, in their order; null for one that asks for nothing. Two that ask under one key have an
   * answer each. Absent where nobody asked, and in histories from before an answer belonged to its arrival.
   */
  answers?: (Answer | null)[] | undefined;
  /** Numbers of what was set aside for two people; absent where nothing was. */
  setAside?: number[] | undefined;
  /** Of the first step alone: the books have no such account, or it is another workflow's. Nothing was changed. */
  refused?: { type: string; message: string } | undefined;
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

export interface HousekeepingActivities {
  /** Removes what is older than the deployment keeps, and nothing within a promise; returns how many rows of each kind. */
  purgeOldRows(input: { tenantId: string }): Promise<PurgedRows>;
}

export interface DailyCloseActivities {
  /**
   * Closes, in order, each business date from the last one that was tried on, else from `fromDate`, that has ended and
   * whose accounts have stepped. What is red is on record and told, and stops none of the next.
   */
  closeEndedDates(input: CloseEndedDates): Promise<ClosedDates>;
}

export interface CloseEndedDates {
  tenantId: string;
  asOfMs: number;
  fromDate: string;
  /** So long, in business time, a settled debit may be on its way to its account before the close calls it missing. */
  patienceMs: number;
}

export interface ClosedDates {
  /** Dates that were tried now, in order. */
  tried: TriedDate[];
  /** The last date that is closed; null: none is. */
  closedThrough: string | null;
  triedThrough: string | null;
  /** Dates that were tried and are not closed, the earliest first; at most 31. */
  openDates: string[];
  /** The date that is next, and one account that it waits for. */
  waitsFor?: WaitedFor | undefined;
  /** When to look again. */
  nextAtMs: number;
}

export interface TriedDate {
  businessDate: string;
  outcome: 'succeeded' | 'failed';
  /** What was red, and how often, such as `entries 2`. */
  checks: string[];
  /** Of what was set aside and waits for two people. */
  waitingCount: number;
}

export interface WaitedFor {
  businessDate: string;
  accountId: string;
}

export interface SealActivities {
  /** Seals each business date after the last seal, where there is none after `fromDate`, up to the last one. */
  sealDates(input: { tenantId: string; asOfMs: number; fromDate: string; throughDate: string }): Promise<SealedDates>;
}

export interface SealedDates {
  /** The date of the seal that covers the last date. */
  sealedThrough: string;
}

export interface PurgedRows {
  requests: number;
  checks: number;
  reports: number;
  troubles: number;
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
  /** With the start: whose workflow it is. */
  workflowId?: string | undefined;
}

export type AdvanceIncidentResult =
  | {
      state: IncidentState;
      /** The answer to the message. */
      answer: IncidentAnswer;
    }
  /** There is no such incident, and the start opens none; or, with a type, it is another one or over. */
  | { fault: string; type?: string | undefined };

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
  /** With the first step: whose workflow it is. */
  workflowId?: string | undefined;
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
