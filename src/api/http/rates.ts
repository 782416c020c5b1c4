/**
 * How much a caller may ask of one process: by key where there is one, by address where there is none. Every request
 * costs its route's units; one that is refused for its key, signature or secret path costs more, and no limit of an
 * address ever meets a key that is known.
 */
import type { FastifyRequest } from 'fastify';
import { countedAddress } from '../../domain/messaging/codes/verificationCodes';
import { Allowances, ForgettingSet, type Rate } from './allowance';
import { tooManyRequests } from './problems';

export interface Rates {
  perKey: Rate;
  perAddress: Rate;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Units of a request; 1 unless it is dear, 0 for what must always be answered. */
    cost?: number;
  }
}

/** Guessing is dearer than asking. */
const REFUSED_COST = 10;
const KEYS_KEPT = 10_000;
const ADDRESSES_KEPT = 50_000;
/** A wrong key is looked up once in so long; one that is made meanwhile works after it. */
const WRONG_FOR_MS = 10_000;
const WRONG_KEPT = 20_000;

export interface RateGuard {
  /** Of a request that needs no key: its route's units. Throws the 429 problem. */
  spendOfAddress(request: FastifyRequest): void;
  /** Before anything is done for a caller that may have no right to it. Throws the 429 problem. */
  checkAddress(request: FastifyRequest): void;
  /** After a refusal for key, signature or secret path. */
  spendRefused(request: FastifyRequest): void;
  /** Of a request with a key that is known: its route's units. Throws the 429 problem. */
  spendOfKey(request: FastifyRequest, who: string): void;
  isKnownWrong(keyHash: string): boolean;
  keepWrong(keyHash: string): void;
}

/** Without rates nothing is limited; wrong keys are remembered all the same. */
export function createRateGuard(rates: Rates | undefined, now: () => number): RateGuard {
  const wrongKeys = new ForgettingSet(WRONG_FOR_MS, WRONG_KEPT);
  const perKey = rates && new Allowances(rates.perKey, KEYS_KEPT);
  const perAddress = rates && new Allowances(rates.perAddress, ADDRESSES_KEPT);
  const addressOf = ({ ip }: FastifyRequest) => countedAddress(ip);
  const spend = (allowances: Allowances | undefined, who: string, units: number) => {
    const waitMs = allowances?.waitMs(who, units, now()) ?? 0;
    if (waitMs > 0) throw refused(waitMs);
    allowances?.spend(who, units, now());
  };
  return {
    spendOfAddress: (request) => spend(perAddress, addressOf(request), costOf(request)),
    checkAddress(request) {
      const waitMs = perAddress?.waitMs(addressOf(request), REFUSED_COST, now()) ?? 0;
      if (waitMs > 0) throw refused(waitMs);
    },
    spendRefused: (request) => perAddress?.spend(addressOf(request), REFUSED_COST, now()),
    spendOfKey: (request, who) => spend(perKey, who, costOf(request)),
    isKnownWrong: (keyHash) => wrongKeys.has(keyHash, now()),
    keepWrong: (keyHash) => wrongKeys.add(keyHash, now()),
  };
}

function costOf({ routeOptions }: FastifyRequest): number {
  return routeOptions.config?.cost ?? 1;
}

function refused(waitMs: number) {
  const detail =
    'This key, or this address without one, asks more than its share: send the same request again after Retry-After. ' +
    'Nothing was done.';
  return tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)), detail);
}
