/**
 * What there is to attack, from the API itself: its routes with their access and the schemas that check them, so that a
 * new route is attacked without a word here.
 */
import Fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import type { z } from 'zod';
import { callbacksOf } from '../../adapters/sms/callbacks';
import type { ApiContext } from '../../api/context';
import type { Access } from '../../api/http/authentication';
import { describeApi } from '../../api/http/openApi';
import type { App } from '../../api/http/route';
import { validatorCompiler } from '../../api/http/validation';
import { ROUTES } from '../../api/server';
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

/** Registers all routes on a server that never listens, and notes each. */
export async function readRoutes(): Promise<Route[]> {
  const routes: Route[] = [];
  const app = Fastify().withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    const { body, params, querystring, headers } = (schema ?? {}) as Schemas;
    const isKeyed = headers !== undefined && !headers.safeParse({}).success;
    for (const each of [method].flat()) {
      routes.push({ method: each, url, access: config?.access, body, params, query: querystring, isKeyed });
    }
  });
  await describeApi(app);
  for (const register of ROUTES) register(app, noContext());
  await app.ready();
  await app.close();
  return routes;
}

/** Enough to register by; no handler ever runs. */
function noContext(): ApiContext {
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
