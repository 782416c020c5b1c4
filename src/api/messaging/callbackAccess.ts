/**
 * Who may call a provider's callback address. Providers that sign nothing get an address with a secret in its path,
 * another one for each, so that one that leaks opens no other; and may be held to the networks they push from.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { ProviderCallbacks } from '../../adapters/sms/port';
import { wrongCallbackAddress, wrongCallbackSource } from '../http/problems';

export interface CallbackSettings {
  /** What the secret of each provider is derived from. */
  secret: string;
  /** Addresses and networks by provider; a provider that is not in it may push from anywhere. */
  addresses: Readonly<Record<string, readonly string[]>>;
  providers: ReadonlyMap<string, ProviderCallbacks>;
}

interface CallbackParams {
  provider: string;
  secret: string;
}

/** The last part of a provider's callback address. */
export function callbackPathSecret(secret: string, provider: string): string {
  return createHmac('sha256', secret).update(`callback/${provider}`).digest('hex');
}

/** The path that is entered at the provider, for receipts and for texts of borrowers. */
export function callbackPaths(secret: string, provider: string): { receipts: string; inbound: string } {
  const receipts = `/v1/callbacks/${provider}/${callbackPathSecret(secret, provider)}`;
  return { receipts, inbound: `${receipts}/inbound` };
}

export type CallbackGuard = (request: FastifyRequest) => Promise<ProviderCallbacks>;

/**
 * Runs before a body is read. The secret is judged first: whoever does not have it learns neither which providers
 * there are nor which networks are let in. Throws at once for an address list of a provider that is not known, which
 * would protect nobody.
 */
export function createCallbackGuard({ secret, addresses, providers }: CallbackSettings): CallbackGuard {
  const allowed = new Map(Object.entries(addresses).map(([name, list]) => [name, blockListOf(list)] as const));
  for (const name of allowed.keys()) {
    if (!providers.has(name)) throw new Error(`CALLBACK_ADDRESSES names ${name}, which has no callbacks here`);
  }
  return async (request) => {
    const { provider, secret: given } = request.params as CallbackParams;
    const isRight = isSame(given, callbackPathSecret(secret, provider));
    const callbacks = providers.get(provider);
    if (!isRight || callbacks?.authentication !== 'secret-path') throw wrongCallbackAddress();
    const list = allowed.get(provider);
    if (list && !isIn(list, request.ip)) {
      request.log.warn({ provider }, 'provider callback refused: address outside its networks');
      throw wrongCallbackSource();
    }
    return callbacks;
  };
}

/** The length tells nothing: it is the same for all. */
function isSame(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}

function blockListOf(list: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const entry of list) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) blocks.addAddress(address, family);
    else blocks.addSubnet(address, Number(bits), family);
  }
  return blocks;
}

/** An address of IPv4 may come written as one of IPv6. */
function isIn(list: BlockList, ip: string): boolean {
  const plain = ip.startsWith('::ffff:') ? ip.slice('::ffff:'.length) : ip;
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
