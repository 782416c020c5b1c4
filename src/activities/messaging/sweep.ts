/** What a sweep of a notice lane is told, what it needs, and what becomes of each notice in it. */
import type { BookDependencies } from '../bookDependencies';
import type { NoticeChannelDependencies, WordingDependencies } from './noticeDependencies';

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

export type SendDisposition = 'sent' | 'cancelled' | 'failed' | 'deferred';

export type NoticeDependencies = Pick<BookDependencies, 'pool' | 'policies'> &
  NoticeChannelDependencies &
  Pick<WordingDependencies, 'codes' | 'guard'> & {
    /** Tells Temporal that the sweep is alive. */
    heartbeat(): void;
  };
