/** What goes in and out of the management of API keys: docs/operations.md. */
import { z } from 'zod';
import { isPrincipal, OWN_PRINCIPAL, PRINCIPAL_FIX } from '../../domain/values/principals';
import { SCOPES } from '../http/authentication';
import { id } from '../schemas';
import { DEFAULT_OVERLAP_HOURS, LABEL, MAX_EXPIRY_DAYS, MAX_OVERLAP_HOURS } from './keys';

const OBJECT_FIX = 'send a JSON object';
const LABEL_FIX = 'send 1 to 31 lower-case letters, digits and dashes, such as shop-frontend';
const SCOPES_FIX = 'send some of the scopes of this API, each once';
const DAYS_FIX = `send a whole number from 1 to ${MAX_EXPIRY_DAYS}`;
const HOURS_FIX = `send a whole number from 0 to ${MAX_OVERLAP_HOURS}`;

const scopes = z
  .array(z.enum(SCOPES, SCOPES_FIX), SCOPES_FIX)
  .min(1, SCOPES_FIX)
  .refine((list) => new Set(list).size === list.length, SCOPES_FIX);

export const keyBody = z.strictObject(
  {
    label: z.string(LABEL_FIX).regex(LABEL, LABEL_FIX),
    principal: z
      .string(`send ${PRINCIPAL_FIX}`)
      .refine((text) => isPrincipal(text) && text.toLowerCase() !== OWN_PRINCIPAL, `send ${PRINCIPAL_FIX}`)
      .describe('Who acts by the key. Two approvals need two of them.'),
    scopes: scopes.describe('At most those of the key that asks.'),
    expiresInDays: z
      .int(DAYS_FIX)
      .min(1, DAYS_FIX)
      .max(MAX_EXPIRY_DAYS, DAYS_FIX)
      .describe('Default: no end.')
      .optional(),
  },
  OBJECT_FIX,
);
export const rotationBody = z.strictObject(
  {
    overlapHours: z
      .int(HOURS_FIX)
      .min(0, HOURS_FIX)
      .max(MAX_OVERLAP_HOURS, HOURS_FIX)
      .default(DEFAULT_OVERLAP_HOURS)
      .describe('How long the old key works on.'),
  },
  OBJECT_FIX,
);
export const revocationBody = z.strictObject({}, OBJECT_FIX);
export const keyParams = z.strictObject({ keyId: id });

export const keyMade = z
  .object({
    keyId: z.string(),
    principal: z.string(),
    scopes: z.array(z.string()),
    expiresAtMs: z.int().nullable(),
    key: z.string().nullable().describe('Shown once: null in the answer to a repeat, because it is not kept.'),
  })
  .describe('The key, once.');
export const keyRevoked = z
  .object({ keyId: z.string(), status: z.literal('revoked') })
  .describe('Good for seconds only.');
export const keyList = z
  .object({
    items: z.array(
      z.object({
        keyId: z.string(),
        label: z.string(),
        principal: z.string(),
        scopes: z.array(z.string()),
        createdAtMs: z.int(),
        createdBy: z.string().nullable(),
        expiresAtMs: z.int().nullable(),
        lastUsedAtMs: z.int().nullable(),
        successorId: z.string().nullable(),
        revokedAtMs: z.int().nullable(),
      }),
    ),
  })
  .describe('Good ones and ended ones, by id. Instants are of real time.');
