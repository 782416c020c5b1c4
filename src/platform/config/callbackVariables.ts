/** Settings of what providers of messages post to us: receipts and callbacks. */
import { z } from 'zod';
import { isAddressOrNetwork } from './addresses';
import type { Setting } from './setting';

const PROVIDER_NAMES = /^[a-z][a-z0-9-]{0,39}(,[a-z][a-z0-9-]{0,39}){0,99}$/;

export const CALLBACK_VARIABLES = {
  RECEIPT_SECRET: {
    schema: z.string().min(16),
    fix: 'at least 16 characters, such as the output of: openssl rand -hex 16',
  },
  RECEIPT_PROVIDERS: {
    schema: z.string().regex(PROVIDER_NAMES).default('sink'),
    fix: 'names of providers with commas between, such as sink,carrier-a',
  },
  RECEIPT_BODY_SIGNATURES: {
    schema: z.string().regex(PROVIDER_NAMES).optional(),
    fix: 'names of providers with commas between, such as carrier-a, or nothing',
  },
  CALLBACK_SECRET: {
    schema: z.string().min(32),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
  CALLBACK_ADDRESSES: {
    schema: z
      .string()
      .refine((text) => callbackAddresses(text) !== undefined)
      .optional(),
    fix: 'addresses or networks by provider, such as aliyun=203.0.113.0/24,203.0.114.7;tencent=198.51.100.0/24',
  },
} satisfies Record<string, Setting>;

/** Lists by provider; undefined when the text is no such list. A name counts once: of two lists one would not hold. */
export function callbackAddresses(text: string): Record<string, string[]> | undefined {
  const lists = new Map<string, string[]>();
  for (const part of text === '' ? [] : text.split(';')) {
    const [, name, list] = /^([a-z][a-z0-9-]{0,39})=(.+)$/.exec(part) ?? [];
    const addresses = list?.split(',') ?? [];
    if (name === undefined || lists.has(name) || !addresses.every(isAddressOrNetwork)) return undefined;
    lists.set(name, addresses);
  }
  return Object.fromEntries(lists);
}
