/** What workflows ask of activities: the parts, by subject, and their sum. */

import type { ServicingActivities } from './credit/accountActivities';
import type { DebitActivities } from './debits/debitActivities';
import type { IncidentActivities } from './incidents/incidentActivities';
import type { DailyCloseActivities, SealActivities } from './ledger/endOfDayActivities';
import type { NoticeActivities } from './messaging/noticeActivities';
import type { TemplateReviewActivities } from './messaging/templateReviewActivities';
import type { HousekeepingActivities } from './operations/housekeepingActivities';
import type { AssessmentActivities, SourceActivities } from './origination/applicationActivities';
import type { ModelReviewActivities } from './risk/modelReviewActivities';

export type * from './credit/accountActivities';
export type { MessageAnswer } from './credit/accountMessages';
export type { Arrival } from './credit/arrivals';
export type * from './debits/debitActivities';
export type * from './incidents/incidentActivities';
export type * from './ledger/endOfDayActivities';
export type * from './messaging/noticeActivities';
export type * from './messaging/templateReviewActivities';
export type * from './operations/housekeepingActivities';
export type * from './origination/applicationActivities';
export type * from './risk/modelReviewActivities';

/** All that a worker registers. */
export type Activities = AssessmentActivities &
  SourceActivities &
  ServicingActivities &
  NoticeActivities &
  TemplateReviewActivities &
  ModelReviewActivities &
  DebitActivities &
  IncidentActivities &
  HousekeepingActivities &
  DailyCloseActivities &
  SealActivities;
