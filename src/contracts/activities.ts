/** What workflows ask of activities: the parts, by subject, and their sum. */
import type { ServicingActivities } from './accountActivities';
import type { AssessmentActivities } from './applicationActivities';
import type { DebitActivities } from './debitActivities';
import type { DailyCloseActivities, SealActivities } from './endOfDayActivities';
import type { IncidentActivities } from './incidentActivities';
import type { NoticeActivities } from './noticeActivities';
import type { HousekeepingActivities } from './operations/housekeepingActivities';
import type { TemplateReviewActivities } from './templateReviewActivities';

export type * from './accountActivities';
export type { Answer } from './accountMessages';
export type * from './applicationActivities';
export type { Arrival } from './arrivals';
export type * from './debitActivities';
export type * from './endOfDayActivities';
export type * from './incidentActivities';
export type * from './noticeActivities';
export type * from './operations/housekeepingActivities';
export type * from './templateReviewActivities';

/** All that a worker registers. */
export type Activities = AssessmentActivities &
  ServicingActivities &
  NoticeActivities &
  TemplateReviewActivities &
  DebitActivities &
  IncidentActivities &
  HousekeepingActivities &
  DailyCloseActivities &
  SealActivities;
