/** Incidents: what an incident's workflow asks of activities. The signatures, and nothing of how. */
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

export interface IncidentActivities {
  /**
   * One step of an incident, in one transaction: tells of deadlines that were missed, takes what was told, and returns
   * where it stands. With the second approval the measures are lifted, and every lane is rung after the commit.
   */
  advanceIncident(input: AdvanceIncident): Promise<AdvanceIncidentResult>;
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
