/**
 * Who calls, and what the caller may do. Every route says its access in its config; a route that says nothing does
 * not start (`server.ts`), so nothing is open by forgetting.
 */
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { findApiKey, noteKeyUse } from '../../db/operations/apiKeys';
import { hashKey } from '../operations/keys';
import { forbidden, unauthenticated } from './problems';
import type { RateGuard } from './rates';

export const SCOPES = [
  'applications:write',
  'applications:read',
  'consents:withdraw',
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
  'phones:change',
  'templates:write',
  'templates:review',
  'templates:read',
  'models:write',
  'models:review',
  'models:read',
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
export function createAuthenticate(pool: Pool, now: () => number, rates: RateGuard): Authenticate {
  const cache = new Map<string, { caller: Caller; untilMs: number }>();

  async function callerOf(keyHash: string, request: FastifyRequest): Promise<Caller | undefined> {
    const cached = cache.get(keyHash);
    if (cached && now() < cached.untilMs) return cached.caller;
    // One that was good a moment ago is looked up whatever others do from its address. A wrong one costs the database
    // nothing twice, and many wrong ones cost it no more than their address may spend.
    if (!cached) {
      if (rates.isKnownWrong(keyHash)) return undefined;
      rates.checkAddress(request);
    }
    const row = await findApiKey(pool, { keyHash });
    const nowMs = now();
    const endsAtMs = row?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    if (!row || endsAtMs <= nowMs) {
      cache.delete(keyHash);
      rates.keepWrong(keyHash);
      return undefined;
    }
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
    if (request.is404 || access === 'open') return rates.spendOfAddress(request);
    // Judged by their own checks, whose refusals count (`server.ts`).
    if (access === 'signature' || access === 'secret-path') return rates.checkAddress(request);
    const key = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const caller = key === undefined ? undefined : await callerOf(hashKey(key), request);
    if (!caller) {
      rates.checkAddress(request);
      throw key === undefined
        ? unauthenticated('Send Authorization: Bearer <API key>.', 'Bearer')
        : unauthenticated('The API key is not known, has expired, or was revoked.', 'Bearer');
    }
    rates.spendOfKey(request, `${caller.tenantId}/${caller.keyId}`);
    if (access !== 'any-key' && !caller.scopes.includes(access?.scope ?? '')) throw forbidden(access?.scope ?? 'none');
    request.caller = caller;
  };
}

/** The caller of a route that needs a key. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('the route has no authenticated caller: check its access');
  return request.caller;
}
