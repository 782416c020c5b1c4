/**
 * What the activities of this deployment are built from: the parts of each subject. `worker.ts` is the only place that
 * builds all of it; an activity names the parts that it needs.
 */

import type { BookDependencies } from './bookDependencies';
import type { AccountPayments, AccountStarts } from './credit/accountDependencies';
import type { DebitLaneDependencies, RailDependencies } from './debits/debitDependencies';
import type {
  NoticeChannelDependencies,
  NoticeLaneDependencies,
  WordingDependencies,
} from './messaging/noticeDependencies';
import type { KeepingDependencies } from './operations/housekeepingDependencies';
import type { SourceDependencies } from './origination/sourceDependencies';

export interface ActivityDependencies
  extends BookDependencies,
    AccountStarts,
    AccountPayments,
    NoticeChannelDependencies,
    WordingDependencies,
    NoticeLaneDependencies,
    RailDependencies,
    DebitLaneDependencies,
    KeepingDependencies,
    SourceDependencies {}
