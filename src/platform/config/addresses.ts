/** Addresses and networks, as settings name them. */
import { isIP } from 'node:net';

/** `10.0.0.5`, `10.1.0.0/16`, `fd00::/8`. A network of everybody would let each caller name its own address. */
export function isAddressOrNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128)));
}
