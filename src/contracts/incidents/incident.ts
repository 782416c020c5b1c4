/**
 * The workflow of an incident: what starts it, what can be told to it while it lives, what it answers. In the Temporal
 * Web UI each message is an update with one JSON input (docs/incidents.md). Free text holds no personal data.
 */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type {
  DeadlineName,
  IncidentRefusal,
  IncidentScope,
  IncidentStage,
  Measure,
} from '../../domain/incidents/incidents';
import type { BusinessClock } from '../../domain/values/clock';
import type { Acted } from '../operations/actor';

/** Id: `incident/TENANT/INCIDENT`. */
export interface IncidentInput {
  tenantId: string;
  incidentId: string;
  clock: BusinessClock;
  /** Of an incident that its start opens; absent where it is on record already, which is told by the id. */
  opening?: PersonalOpening | undefined;
}

/** An incident that a person opens. */
export interface PersonalOpening extends Acted {
  /** Staff identifier. */
  by: string;
  measures: Measure[];
  /** Absent or empty: the whole tenant. */
  scope?: IncidentScope | undefined;
  /** Why, for operators: capitals, digits and underscores, such as `WRONG_AMOUNTS`. */
  reasonCode: string;
  /** Where a borrower turns to, such as `hotline`. */
  remedyChannel: string;
}

/** Somebody has taken the incident in hand. */
export interface Acknowledgement extends Acted {
  by: string;
}

/** More is stopped: all measures, those in force included, and a scope that is as wide as before or wider. */
export interface MeasuresChange extends Acted {
  by: string;
  measures: Measure[];
  /** Absent: as it is. */
  scope?: IncidentScope | undefined;
}

/** The word of one of the two people who are needed to go on. */
export interface ResumeApproval extends Acted {
  by: string;
}

/** A borrower contests what the incident stops for them (facts 2.8). */
export interface IncidentAppeal extends Acted {
  /** Sent twice, it counts once. */
  appealId: string;
  borrowerId: string;
  /** Who took it in: a staff identifier or a channel. */
  by: string;
}

export interface AppealAnswer extends Acted {
  appealId: string;
  by: string;
  /** At once nothing of the incident is stopped for the borrower any more. */
  isUpheld: boolean;
  /** What the borrower is told, in our words. */
  reason: string;
}

export interface IncidentNote extends Acted {
  by: string;
  text: string;
}

/** The record that ends an incident. */
export interface IncidentReview extends Acted {
  by: string;
  /** What happened, and why. */
  summary: string;
  /** What will be done about it, one sentence each. */
  actions: string[];
}

export type IncidentAnswer =
  | { status: 'accepted' | 'needs-second-person' | 'resumed'; stage: IncidentStage }
  | { status: 'refused'; refusal: IncidentRefusal; stage: IncidentStage };

/** What the workflow knows and shows; everything else is in the timeline. */
export interface IncidentState {
  stage: IncidentStage;
  measures: Measure[];
  scope: IncidentScope;
  /** Who approved first that it goes on. */
  firstApprovalBy?: string | undefined;
  /** Ids of appeals that wait for an answer. */
  openAppeals: string[];
  /** Deadlines that were missed, such as `acknowledge/1`. */
  escalated: string[];
  nextDeadline?: { name: DeadlineName; dueAtMs: number } | undefined;
  /** One line for operators. */
  summary: string;
}

export interface IncidentResult {
  stage: IncidentStage;
  escalated: string[];
}

export const acknowledge = defineUpdate<IncidentAnswer, [Acknowledgement]>('acknowledge');
export const changeMeasures = defineUpdate<IncidentAnswer, [MeasuresChange]>('changeMeasures');
export const approveResume = defineUpdate<IncidentAnswer, [ResumeApproval]>('approveResume');
export const appeal = defineUpdate<IncidentAnswer, [IncidentAppeal]>('appeal');
export const answerAppeal = defineUpdate<IncidentAnswer, [AppealAnswer]>('answerAppeal');
export const note = defineUpdate<IncidentAnswer, [IncidentNote]>('note');
export const recordReview = defineUpdate<IncidentAnswer, [IncidentReview]>('recordReview');
export const incidentState = defineQuery<IncidentState>('incidentState');
