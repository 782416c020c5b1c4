/** All activities of a worker, from narrow dependencies. */
import type { Activities } from '../contracts/activities';
import { createServicingActivities } from './credit/servicing';
import { createDebitActivities } from './debits/debits';
import type { ActivityDependencies } from './dependencies';
import { createSealActivities } from './evidence/sealing';
import { withoutValuesInFailures } from './failures';
import { createIncidentActivities } from './incidents/incidents';
import { createDailyCloseActivities } from './ledger/dailyClose';
import { createNoticeActivities } from './messaging/notices';
import { createTemplateReviewActivities } from './messaging/templateReview';
import { createHousekeepingActivities } from './operations/housekeeping';
import { createAssessmentActivities } from './origination/assessment';
import { createSourceActivities } from './origination/sources';
import { createModelReviewActivities } from './risk/modelReview';

export function createActivities(deps: ActivityDependencies & { heartbeat(): void }): Activities {
  return withoutValuesInFailures({
    ...createAssessmentActivities(deps),
    ...createSourceActivities(deps),
    ...createServicingActivities(deps),
    ...createNoticeActivities(deps),
    ...createDebitActivities(deps),
    ...createHousekeepingActivities(deps),
    ...createDailyCloseActivities(deps),
    ...createSealActivities(deps),
    ...createIncidentActivities(deps),
    ...createTemplateReviewActivities(deps),
    ...createModelReviewActivities(deps),
  });
}
