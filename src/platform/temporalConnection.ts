/** How processes reach Temporal: the worker natively, everything else as a client. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { TemporalSettings } from './config/temporal';

/** With an API key there is TLS, whatever else is said: it would go in the clear. */
function options({ address, apiKey, tls, metadata }: TemporalSettings): NativeConnectionOptions {
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(apiKey === undefined && tls === undefined ? {} : { tls: tls || apiKey !== undefined }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

export async function connectClient(settings: TemporalSettings): Promise<Client> {
  const connection = await Connection.connect(options(settings));
  return new Client({ connection, namespace: settings.namespace });
}

export function connectWorker(settings: TemporalSettings): Promise<NativeConnection> {
  return NativeConnection.connect(options(settings));
}
