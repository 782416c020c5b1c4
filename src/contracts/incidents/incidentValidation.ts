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
export const invalidPersonalOpening = (told: PersonalOpening): Fault => sentenceOf(schemas.personalOpening, told);
export const invalidAcknowledgement = (told: Acknowledgement): Fault => sentenceOf(schemas.acknowledgement, told);
export const invalidMeasuresChange = (told: MeasuresChange): Fault => sentenceOf(schemas.measuresChange, told);
export const invalidResumeApproval = (told: ResumeApproval): Fault => sentenceOf(schemas.resumeApproval, told);
export const invalidIncidentAppeal = (told: IncidentAppeal): Fault => sentenceOf(schemas.incidentAppeal, told);
export const invalidAppealAnswer = (told: AppealAnswer): Fault => sentenceOf(schemas.appealAnswer, told);
export const invalidIncidentNote = (told: IncidentNote): Fault => sentenceOf(schemas.incidentNote, told);
export const invalidIncidentReview = (told: IncidentReview): Fault => sentenceOf(schemas.incidentReview, told);
