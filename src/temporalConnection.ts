/** How processes reach Temporal: the worker natively, everything else as a client. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from './config/config';

function options({ address, apiKey }: Config['temporal']): { address: string; apiKey?: string; tls?: boolean } {
  return apiKey === undefined ? { address } : { address, apiKey, tls: true };
}

export async function connectClient(config: Config['temporal']): Promise<Client> {
  return new Client({ connection: await Connection.connect(options(config)), namespace: config.namespace });
}

export function connectWorker(config: Config['temporal']): Promise<NativeConnection> {
  return NativeConnection.connect(options(config));
}
