/** What a system is started with. */
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { DataSourceSettings } from '../../platform/config/dataSources';
import type { GivenSettings } from '../../platform/config/settings';

export interface SystemOptions {
  /** Where data, logs and secrets of this run live; kept between starts. */
  stateDir: string;
  /** The project's folder: its cache of servers, and the tool module that builds one. */
  projectDir: string;
  /** The checked settings that are set; a server that they name is used and none is started. */
  settings: GivenSettings;
  /** The environment of the processes that are started. */
  environment: NodeJS.ProcessEnv;
  tenantId: string;
  policies: LendingPolicy[];
  /** Suppliers of data that run beside it; they stand before a file that a setting names. */
  dataSources?: DataSourceSettings;
  speed: number;
  startAtMs: number | undefined;
  /** The usual ports, and from then on the same for the folder; free ones unless it says so. */
  hasFixedPorts?: boolean;
  /** Whether the business clock stands until {@link keepPace} lets it go. */
  isClockBounded?: boolean;
  /** Settles when the start is to be given up; what has been started by then is stopped. */
  stopped?: Promise<void>;
  report(line: string): void;
}
