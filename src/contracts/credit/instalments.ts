/** Instalment plans of a revolving account: a bill or purchases repaid in parts, and settled early. */
import { defineUpdate } from '@temporalio/workflow';
import type { FeePayer } from '../../domain/credit/revolving/instalmentFees';
import type { ComingPart } from '../../domain/credit/revolving/instalmentStart';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import type { Acted } from '../operations/actor';
import type {
  CostDisclosureConfirmation,
  PresentedCostDisclosure,
  RefusalFigures,
} from '../origination/costDisclosure';

/** Splits the principal of the last bill, until its due date, or purchases that are in no bill yet. */
export interface InstalmentStart extends Acted {
  /** The plan's id at the upstream: sent twice, it is one plan. */
  planId: string;
  /** The number of the bill; or `unbilled`, and exactly one of both. */
  statementNumber?: number | undefined;
  unbilled?: true | undefined;
  principalFen: Fen;
  months: number;
  feePayer: FeePayer;
  /** The business date: a plan starts on the day on which it is asked for. */
  startedOn: IsoDate;
  /** Of the sheet of exactly this plan, the day included; without it the answer is a refusal that brings the sheet. */
  costSheet?: CostDisclosureConfirmation | undefined;
}

/** All coming parts of a plan come with the next bill; whether their fee does is policy. */
export interface InstalmentSettlement extends Acted {
  settlementId: string;
  planId: string;
  settledOn: IsoDate;
}

export type InstalmentResult =
  /** The parts that come, as they are now. */
  | { status: 'accepted'; parts: ComingPart[] }
  | {
      status: 'refused';
      reasonCodes: string[];
      figures?: RefusalFigures | undefined;
      /** With `COST_SHEET_NOT_CONFIRMED` and `COST_SHEET_DIFFERS`: what must be confirmed. */
      costSheet?: PresentedCostDisclosure | undefined;
    };

export const startInstalments = defineUpdate<InstalmentResult, [InstalmentStart]>('startInstalments');
export const settleInstalments = defineUpdate<InstalmentResult, [InstalmentSettlement]>('settleInstalments');
