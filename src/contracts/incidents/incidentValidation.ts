/** The contract's own checks of what is told to incidents; as `validation.ts`. */

import { newSentenceOf, sentenceOf } from '../schemaJudge';
import type {
  Acknowledgement,
  AppealAnswer,
  IncidentAppeal,
  IncidentInput,
  IncidentNote,
  IncidentReview,
  MeasuresChange,
  PersonalOpening,
  ResumeApproval,
} from './incident';
import * as schemas from './incidentSchemas';

type Fault = string | undefined;

export const invalidIncidentInput = (input: IncidentInput): Fault => sentenceOf(schemas.incidentInput, input, 'before');
/** What was not asked of starts before: see `newlyRefused` of the workflows. */
export const unacceptableIncident = (input: IncidentInput): Fault => newSentenceOf(schemas.incidentInput, input);
export const invalidPersonalOpening = (message: PersonalOpening): Fault => sentenceOf(schemas.personalOpening, message);
export const invalidAcknowledgement = (message: Acknowledgement): Fault => sentenceOf(schemas.acknowledgement, message);
export const invalidMeasuresChange = (message: MeasuresChange): Fault => sentenceOf(schemas.measuresChange, message);
export const invalidResumeApproval = (message: ResumeApproval): Fault => sentenceOf(schemas.resumeApproval, message);
export const invalidIncidentAppeal = (message: IncidentAppeal): Fault => sentenceOf(schemas.incidentAppeal, message);
export const invalidAppealAnswer = (message: AppealAnswer): Fault => sentenceOf(schemas.appealAnswer, message);
export const invalidIncidentNote = (message: IncidentNote): Fault => sentenceOf(schemas.incidentNote, message);
export const invalidIncidentReview = (message: IncidentReview): Fault => sentenceOf(schemas.incidentReview, message);
