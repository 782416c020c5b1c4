/** All activities of a worker, from narrow dependencies. */
import type { AssessmentActivities, NoticeActivities, ServicingActivities } from '../contracts/activities';
import { createAssessmentActivities } from './assessment';
import type { ActivityDependencies } from './dependencies';
import { createNoticeActivities } from './notices';
import { createServicingActivities } from './servicing';

export function createActivities(
  deps: ActivityDependencies & { heartbeat(): void },
): AssessmentActivities & ServicingActivities & NoticeActivities {
  return {
    ...createAssessmentActivities(deps),
    ...createServicingActivities(deps),
    ...createNoticeActivities(deps),
  };
}
