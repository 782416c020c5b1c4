/** Temporal for a command: connected to by the first who needs it, closed with the command. */

import { temporalOf } from '../../platform/config/readTemporal';
import type { GivenSettings } from '../../platform/config/settings';
import { connectClient } from '../../platform/temporalConnection';
import { createTemporalGateway, type TemporalGateway } from '../../platform/temporalGateway';

export interface GatewayConnector {
  /** Undefined where no address is set. */
  open(): Promise<TemporalGateway | undefined>;
  close(): Promise<unknown>;
}

export function connector(settings: GivenSettings): GatewayConnector {
  let close = async () => undefined as unknown;
  return {
    async open() {
      if (settings.TEMPORAL_ADDRESS === undefined) return undefined;
      const client = await connectClient(temporalOf(settings));
      close = () => client.connection.close();
      return createTemporalGateway(client);
    },
    close: () => close(),
  };
}
