/** The client of the end of the day. */

import type { WorkflowGateway } from '../gateway';
import type { EndOfDayInput } from './endOfDay';

/** Once for a tenant: whoever runs goes on. */
export function startEndOfDay(gateway: WorkflowGateway, input: EndOfDayInput): Promise<void> {
  return gateway.start('endOfDay', input);
}
