/**
 * The workflow that reviews a notice text: what starts it, what people tell it, what it answers. In the Temporal Web UI
 * each message is an update with one JSON input (docs/template-review.md). The wording itself stays in the database.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { WordingName } from '../../domain/messaging/outbox/wordings';
import type { TemplateFinding } from '../../domain/messaging/templates/templateFindings';
import type { RegistrationStatus, TemplateStage } from '../../domain/messaging/templates/templateStages';
import type { BusinessClock } from '../../domain/values/clock';
import type { Acted } from '../operations/actor';

export type { TemplateStage } from '../../domain/messaging/templates/templateStages';

/** Id: `template-review/TENANT/KIND/VERSION`. The draft is on record before the start. */
export interface TemplateReviewInput {
  tenantId: string;
  /** The wording: a kind of notice, or one of its variants such as `due-soon.loan`. */
  kind: WordingName;
  version: number;
  /** Author, by staff identifier. */
  submittedBy: string;
  /** Names of providers that must know the text, beside those of the configuration that take registered texts only. */
  requiredProviders: string[];
  clock: BusinessClock;
  /** Of a workflow that goes on in another run: how often providers were asked. */
  polls?: number | undefined;
}

export const REVIEW_DECISIONS = ['approve', 'reject'] as const;

/** By another person than the author. */
export interface ReviewDecision extends Acted {
  decidedBy: string;
  decision: (typeof REVIEW_DECISIONS)[number];
  reason: string;
}

export interface TemplateRetirement extends Acted {
  decidedBy: string;
  reason: string;
}

export type TemplateRefusal =
  /** The author does not review. */
  | 'author'
  /** An approval that no key signed. */
  | 'unverified'
  /** There is nothing to decide any more. */
  | 'not-in-review'
  /** It was rejected, retired or superseded. */
  | 'ended'
  /** It cannot be stored, or failed for another cause that no second try mends; it is kept as it came. */
  | 'not-taken';

export type TemplateAnswer =
  | { status: 'accepted'; stage: TemplateStage }
  | { status: 'refused'; refusal: TemplateRefusal; stage: TemplateStage };

export interface ProviderRegistration {
  provider: string;
  status: RegistrationStatus;
  reason?: string | undefined;
}

export interface TemplateReviewState {
  stage: TemplateStage;
  /** What the checks refused. */
  findings: TemplateFinding[];
  /** Names of providers that must know the text before it is active; fixed when its review begins. */
  requiredProviders?: string[] | undefined;
  registrations: ProviderRegistration[];
  /** Until when somebody must decide, while it is in review. */
  reviewByMs?: number | undefined;
  /** Why it was rejected or retired. */
  reason?: string | undefined;
  /** One line for operators. */
  summary: string;
}

export interface TemplateReviewResult {
  stage: TemplateStage;
  reason?: string | undefined;
}

export const decideReview = defineUpdate<TemplateAnswer, [ReviewDecision]>('decideReview');
export const retire = defineUpdate<TemplateAnswer, [TemplateRetirement]>('retire');
/** Another version has become active: look. */
export const templateSuperseded = defineSignal('templateSuperseded');
export const templateReviewState = defineQuery<TemplateReviewState>('templateReviewState');
