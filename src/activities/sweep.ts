/** What a sweep of a notice lane is told, what it needs, and what becomes of each notice in it. */
import type { ActivityDependencies } from './dependencies';

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

export type Fate = 'sent' | 'cancelled' | 'failed' | 'deferred';

export type NoticeDependencies = Pick<
  ActivityDependencies,
  'pool' | 'policies' | 'vault' | 'codes' | 'providers' | 'inbox' | 'mail' | 'push' | 'guard'
> & {
  /** Tells Temporal that the sweep is alive. */
  heartbeat(): void;
};
