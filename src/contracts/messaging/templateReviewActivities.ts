/** Messaging: what the review of a notice text asks of activities. The signatures, and nothing of how. */
import type { WordingName } from '../../domain/messaging/outbox/wordings';
import type {
  ProviderRegistration,
  ReviewDecision,
  TemplateAnswer,
  TemplateRetirement,
  TemplateReviewState,
} from './templateReview';

export interface TemplateReviewActivities {
  /** One step of a template, in one transaction; done again, it finds what it did and changes nothing. */
  advanceTemplate(input: AdvanceTemplate): Promise<AdvanceTemplateResult>;
  /** Submits a text to a provider, or asks what became of it; keeps the answer. */
  registerTemplate(input: TemplateVersionRef & { provider: string; asOfMs: number }): Promise<ProviderRegistration>;
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
