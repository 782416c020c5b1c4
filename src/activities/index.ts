/** All activities of a worker, from narrow dependencies. */
import type {
  AssessmentActivities,
  DebitActivities,
  NoticeActivities,
  ServicingActivities,
} from '../contracts/activities';
import { createAssessmentActivities } from './assessment';
import { createDebitActivities } from './debits';
import type { ActivityDependencies } from './dependencies';
import { createNoticeActivities } from './notices';
import { createServicingActivities } from './servicing';

export function createActivities(
  deps: ActivityDependencies & { heartbeat(): void },
): AssessmentActivities & ServicingActivities & NoticeActivities & DebitActivities {
  return {
    ...createAssessmentActivities(deps),
    ...createServicingActivities(deps),
    ...createNoticeActivities(deps),
    ...createDebitActivities(deps),
  };
}
