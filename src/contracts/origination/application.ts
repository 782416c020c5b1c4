/** The application workflow: from what is known of a borrower to an offer, and from the offer to accounts. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Restriction } from '../../domain/incidents/incidents';
import type { ApplicationStage } from '../../domain/origination/applicationStages';
import type { Product, RepaymentMethod } from '../../domain/policy/lendingPolicy';
import type { Assessment, AssessmentInput, ProvedFigures } from '../../domain/risk/assessment';
import type { IsoDate } from '../../domain/values/calendar';
import type { BusinessClock } from '../../domain/values/clock';
import type { DecimalRate, Fen } from '../../domain/values/money';
import type { Acted } from '../operations/actor';
import type { CostDisclosureConfirmation, PresentedCostDisclosure, RefusalFigures } from './costDisclosure';

export type { ApplicationStage } from '../../domain/origination/applicationStages';

export interface ApplicationInput extends Acted {
  tenantId: string;
  applicationId: string;
  /** A borrower of the vault; names, phones and identity numbers never enter a workflow. */
  borrowerId: string;
  product: Product;
  requestedFen: Fen;
  /**
   * What is known of the borrower. Absent: the application is stored, as one that came over HTTP, and is read from
   * there, so that no history shows anybody's income or debts. An upstream that has Temporal alone gives it here.
   */
  facts?: AssessmentInput | undefined;
  clock: BusinessClock;
}

export interface Offer {
  product: Product;
  limitFen: Fen;
  /** Daily interest rate of loans under the offer; the revolving product's rates are policy. */
  dailyRate: DecimalRate;
  expiresAtMs: number;
  policyVersion: string;
}

export interface ApplicationResult {
  stage: ApplicationStage;
  reasonCodes: string[];
  accountIds: string[];
}

export interface ApplicationState {
  stage: ApplicationStage;
  assessment: Assessment | undefined;
  offer: Offer | undefined;
  /** Of the offer, what has not been drawn yet. */
  remainingFen: Fen;
  accountIds: string[];
  /** Of a decline: until when it may be objected to. */
  objectUntilMs?: number | undefined;
}

export const REFERRAL_DECISIONS = ['approve', 'decline'] as const;

/** A person's decision on a referral. */
export interface ReferralDecision extends Acted {
  decision: (typeof REFERRAL_DECISIONS)[number];
  /** Who decided: a staff identifier. */
  decidedBy: string;
  reason: string;
  /** Names figures that were stored with the request over HTTP; set by the API. */
  figuresId?: string | undefined;
  /** Figures that the person proved, from who has Temporal alone: the history shows them. */
  proved?: ProvedFigures | undefined;
}

export const OBJECTORS = ['borrower', 'on-behalf'] as const;

/** An objection to a decline that no person made (PIPL art. 24). */
export interface Objection extends Acted {
  /** The same one again is the same objection. */
  key: string;
  objectedBy: (typeof OBJECTORS)[number];
  reason: string;
  /** Names figures that were stored with the request over HTTP; set by the API. */
  figuresId?: string | undefined;
}

export type ObjectionResult =
  | { status: 'in-review'; reviewByMs: number }
  | { status: 'refused'; reasonCodes: string[] };

/** Takes up the offer: opens the revolving account, or draws one cash loan within the limit. */
export type Acceptance = Acted & {
  key: string;
  acceptedOn: IsoDate;
  /**
   * Of the sheet of exactly these terms, the day included. Absent in histories from before there were sheets; without
   * it an acceptance is refused, and the answer brings the sheet.
   */
  costSheet?: CostDisclosureConfirmation | undefined;
} & (
    | { product: 'revolving'; dueDay?: number | undefined }
    | { product: 'cash-loan'; principalFen: Fen; months: number; method: RepaymentMethod }
  );

export type AcceptanceResult =
  | { status: 'opened'; accountId: string }
  | {
      status: 'refused';
      reasonCodes: string[];
      figures?: RefusalFigures | undefined;
      /** With `COST_SHEET_NOT_CONFIRMED` and `COST_SHEET_DIFFERS`: what must be confirmed. */
      costSheet?: PresentedCostDisclosure | undefined;
      /** With `INCIDENT_MEASURE`: which incident stops it, and where to turn to. */
      restriction?: Restriction | undefined;
    };

export const decideReferral = defineUpdate<ApplicationStage, [ReferralDecision]>('decideReferral');
export const objectToDecision = defineUpdate<ObjectionResult, [Objection]>('objectToDecision');
export const acceptOffer = defineUpdate<AcceptanceResult, [Acceptance]>('acceptOffer');
export const applicationState = defineQuery<ApplicationState>('applicationState');
