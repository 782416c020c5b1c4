/**
 * Who calls, and what the caller may do. Every route says its access in its config; a route that says nothing does
 * not start (`server.ts`), so nothing is open by forgetting.
 */
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { findApiKey, noteKeyUse } from '../db/statements/apiKeys';
import { hashKey } from './keys';
import { forbidden, unauthenticated } from './problems';

export const SCOPES = [
  'applications:write',
  'applications:read',
  'referrals:decide',
  'offers:accept',
  'purchases:write',
  'instalments:write',
  'payments:write',
  'mandates:write',
  'credits:return',
  'accounts:change',
  'write-offs:decide',
  'accounts:read',
  'portfolio:read',
  'ledger:read',
  'audit:read',
  'incidents:write',
  'incidents:read',
  'contacts:write',
  'contacts:read',
  'templates:write',
  'templates:review',
  'templates:read',
  'keys:manage',
] as const;
export type Scope = (typeof SCOPES)[number];

export type Access =
  /** Anyone: health, whoever got a text in our name, and the documentation where the deployment opens it. */
  | 'open'
  | 'any-key'
  /** A signature over the body, checked by `routes/receipts.ts`. */
  | 'signature'
  /** A secret in the path, checked by `callbackAccess.ts`. */
  | 'secret-path'
  | { scope: Scope };

export interface Caller {
  tenantId: string;
  keyId: string;
  /** Who acts: the person or system that the key is bound to. */
  principal: string;
  scopes: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Set before any handler of a route that needs a key. */
    caller: Caller | null;
  }
}

/** A revoked key works on for at most this long. */
const CACHED_FOR_MS = 10_000;
/** A key's last use is noted so often at most. */
const NOTED_EVERY_MS = 60_000;
/** Only keys that exist are kept, so a caller cannot fill it; a deployment has some dozens. */
const CACHED_KEYS = 1000;
const BEARER = /^Bearer +([A-Za-z0-9_.~+/=-]{1,200})$/i;

export type Authenticate = (request: FastifyRequest) => Promise<void>;

/** The check that runs before a body is read: a caller without a key costs no parsing. */
export function createAuthenticate(pool: Pool, now: () => number): Authenticate {
  const cache = new Map<string, { caller: Caller; untilMs: number }>();

  async function callerOf(keyHash: string): Promise<Caller | undefined> {
    const cached = cache.get(keyHash);
    if (cached && now() < cached.untilMs) return cached.caller;
    cache.delete(keyHash);
    const row = await findApiKey(pool, { keyHash });
    const nowMs = now();
    const endsAtMs = row?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (!row || endsAtMs <= nowMs) return undefined;
    const { tenantId, keyId, principal, scopes, lastUsedAtMs } = row;
    if (lastUsedAtMs === null || lastUsedAtMs + NOTED_EVERY_MS <= nowMs) {
      await noteKeyUse(pool, { tenantId, keyId, nowMs });
    }
    const caller: Caller = { tenantId, keyId, principal, scopes };
    if (cache.size >= CACHED_KEYS) cache.clear();
    // One that expires in the meantime does not work on.
    cache.set(keyHash, { caller, untilMs: Math.min(nowMs + CACHED_FOR_MS, endsAtMs) });
    return caller;
  }

  return async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'open' || access === 'signature' || access === 'secret-path') return;
    const key = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw unauthenticated('Send Authorization: Bearer <API key>.', 'Bearer');
    const caller = await callerOf(hashKey(key));
    if (!caller) throw unauthenticated('The API key is not known, has expired, or was revoked.', 'Bearer');
    if (access !== 'any-key' && !caller.scopes.includes(access?.scope ?? '')) throw forbidden(access?.scope ?? 'none');
    request.caller = caller;
  };
}

/** The caller of a route that needs a key. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('the route has no authenticated caller: check its access');
  return request.caller;
}
