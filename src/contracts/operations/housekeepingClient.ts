/** The client of housekeeping. */
import type { WorkflowGateway } from '../gateway';
import type { HousekeepingInput } from './housekeeping';

/** Once for a tenant: whoever runs goes on. */
export function startHousekeeping(gateway: WorkflowGateway, input: HousekeepingInput): Promise<void> {
  return gateway.start('housekeeping', input);
}
