/** Settings that are keys: of the vault, of the books, of codes, and of who sends messages. */
import { z } from 'zod';
import type { Setting } from './setting';

export const STORE_KEY_VARIABLES = {
  VAULT_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
  VAULT_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .default('k1'),
    fix: 'a short name of the key, such as k1',
  },
  BOOKS_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
  BOOKS_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,20}$/)
      .default('b1'),
    fix: 'a short name of the key, such as b1',
  },
  BOOKS_OLD_KEYS: {
    schema: z
      .string()
      .regex(/^[\w-]{1,20}=[0-9a-f]{64}(,[\w-]{1,20}=[0-9a-f]{64})*$/)
      .optional(),
    fix: 'keys of before with their names, such as b0=64 hexadecimal digits, with commas between',
  },
} satisfies Record<string, Setting>;

export const MESSAGE_KEY_VARIABLES = {
  ACTOR_SECRET: {
    schema: z.string().min(32),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
  OPERATOR_KEY: {
    schema: z
      .string()
      .regex(/^clk_\S{1,196}$/)
      .optional(),
    fix: 'an API key, which begins with clk_',
  },
  CODE_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
} satisfies Record<string, Setting>;

/** Keys by which the books are signed; `old` are keys of before, which still prove what they signed. */
export interface KeysOfBooks {
  keyId: string;
  /** 32 bytes. */
  key: Buffer;
  old: Record<string, Buffer>;
}

/** The keys of the books out of checked settings; without a key one that signs and proves nothing. */
export function booksKeysOf(given: {
  BOOKS_KEY?: string | undefined;
  BOOKS_KEY_ID?: string | undefined;
  BOOKS_OLD_KEYS?: string | undefined;
}): KeysOfBooks {
  const old = (given.BOOKS_OLD_KEYS ?? '').split(',').flatMap((part): [string, Buffer][] => {
    const [id, hex] = part.split('=');
    return id && hex ? [[id, Buffer.from(hex, 'hex')]] : [];
  });
  return {
    keyId: given.BOOKS_KEY_ID ?? 'b1',
    key: Buffer.from(given.BOOKS_KEY ?? '', 'hex'),
    old: Object.fromEntries(old),
  };
}
