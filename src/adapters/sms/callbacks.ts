/** Which providers tell us things over HTTP, each with the parser of its own format. */
import type { ProviderCallbacks } from './port';
import { aliyunCallbacks } from './providers/aliyunCallbacks';
import { createHttpGatewayCallbacks } from './providers/httpGatewayCallbacks';
import { tencentCallbacks } from './providers/tencentCallbacks';

const KNOWN: readonly ProviderCallbacks[] = [aliyunCallbacks, tencentCallbacks, createHttpGatewayCallbacks()];

export const CALLBACK_PROVIDERS: readonly string[] = KNOWN.map(({ name }) => name);

/** The callbacks of these providers by name; all there are unless some are named. Throws for a name without. */
export function callbacksOf(names: readonly string[] = CALLBACK_PROVIDERS): Map<string, ProviderCallbacks> {
  const known = new Map(KNOWN.map((callbacks) => [callbacks.name, callbacks]));
  return new Map(
    names.map((name) => {
      const callbacks = known.get(name);
      if (!callbacks) throw new Error(`there are no callbacks of a provider ${name}: ${CALLBACK_PROVIDERS.join(', ')}`);
      return [name, callbacks];
    }),
  );
}
