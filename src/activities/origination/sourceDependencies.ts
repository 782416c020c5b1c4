/** What asking about an applicant needs beside the books. */
import type { DataSources } from '../../adapters/sources/port';
import type { Vault } from '../../db/vault';

export interface SourceDependencies {
  /** Opens who is asked about, for a source of identity. */
  vault: Vault;
  /** The suppliers of this deployment; absent: there are none. */
  sources?: DataSources | undefined;
}
