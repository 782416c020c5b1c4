/** What every activity on the books needs. */
import type { Pool } from 'pg';
import type { ActorSeals } from '../db/evidence/actorSeals';
import type { PolicyReader } from '../db/policy/policyReader';

export interface BookDependencies {
  pool: Pool;
  policies: PolicyReader;
  /** Tells who sent a message; absent: nobody is verified. */
  actors?: ActorSeals | undefined;
}
