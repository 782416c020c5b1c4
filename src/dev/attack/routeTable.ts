/**
 * What there is to attack, from the API itself: its routes with their access and the schemas that check them, so that a
 * new route is attacked without a word here.
 */
import { pino } from 'pino';
import type { z } from 'zod';
import { callbacksOf } from '../../adapters/sms/callbacks';
import type { ApiContext } from '../../api/context';
import type { Access } from '../../api/http/authentication';
import { DOCS_PREFIX } from '../../api/http/openApi';
import { createServer } from '../../api/server';
import { REAL_TIME, SHANGHAI } from '../../domain/values/clock';

export interface Route {
  method: string;
  /** As it is registered: `/v1/accounts/:id`. */
  url: string;
  /** Undefined: pages of the documentation, which the deployment opens or closes. */
  access: Access | undefined;
  body: z.ZodType | undefined;
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  /** Whether it asks for an `Idempotency-Key`. */
  isKeyed: boolean;
}

interface Schemas {
  body?: z.ZodType;
  params?: z.ZodType;
  querystring?: z.ZodType;
  headers?: z.ZodType;
}

/** Of a server that never listens. */
export async function readRoutes(): Promise<Route[]> {
  const server = await createServer(noContext());
  await server.close();
  return server.routeTable.map(({ method, url, access, schema }) => {
    const { body, params, querystring: query, headers } = schema as Schemas;
    const isKeyed = headers !== undefined && !headers.safeParse({}).success;
    return { method, url, access: url.startsWith(DOCS_PREFIX) ? undefined : access, body, params, query, isKeyed };
  });
}

/** Enough to register by; no handler ever runs. */
export function noContext(): ApiContext {
  const nothing = {} as never;
  return {
    pool: nothing,
    vault: nothing,
    gateway: nothing,
    actors: nothing,
    codes: nothing,
    clock: () => REAL_TIME,
    now: () => 0,
    tenantId: 'none',
    zone: SHANGHAI,
    logger: pino({ level: 'silent' }),
    receiptSecret: 'none',
    callbacks: { secret: 'none', addresses: {}, providers: callbacksOf() },
    trustedProxies: [],
    openDocs: false,
  };
}

export function nameOf({ method, url }: Pick<Route, 'method' | 'url'>): string {
  return `${method} ${url}`;
}

/** Changes something when it is answered: all but what reads. */
export function isWrite({ method }: Route): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method);
}
