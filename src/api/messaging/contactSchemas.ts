/** Shapes of holds, choices and the inbox: docs/contact-rules.md. */
import { z } from 'zod';
import { instant as moment } from '../../contracts/fields';
import { HOLD_KINDS } from '../../domain/messaging/contact/contactRules';
import { zodOf } from '../http/messageSchemas';
import { id, personId } from '../schemas';

const person = personId
  .describe('An id of the person in your own system: recorded beside the principal of the key.')
  .optional();
const EMAIL_FIX = 'send one address in plain ASCII, such as lin@mail.example, or null';
/** One mailbox: nothing that could end a line or name a second one. */
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;
const TOKEN_FIX = 'send the token of a device, 8 to 4096 ASCII characters without spaces, or null';
const REGION_FIX = 'send an administrative code of two to six digits, such as 5101';

export const borrowerParams = z.strictObject({ id });
export const holdParams = z.strictObject({ holdId: id });
export const inboxParams = z.strictObject({ id, messageId: z.uuid('send the id of a message of the inbox') });

const holdBase = {
  holdId: id.describe('Yours: placed twice, the hold is one.'),
  kind: z.enum(HOLD_KINDS, `send one of ${HOLD_KINDS.join(', ')}`),
  placedBy: person,
  until: zodOf(moment).describe('When it ends by itself.').optional(),
};

export const holdBody = z.strictObject({
  ...holdBase,
  accountId: id.describe('Only notices about this account.').optional(),
});
export const regionHoldBody = z.strictObject({
  ...holdBase,
  region: z
    .string(REGION_FIX)
    .regex(/^\d{2,6}$/, REGION_FIX)
    .describe('Everybody whose region begins so.'),
});
export const liftBody = z.strictObject({ liftedBy: person });
export const contactBody = z
  .strictObject({
    utcOffsetMinutes: z.int('send minutes from UTC, such as 480').min(-720).max(840).optional(),
    region: z
      .string(REGION_FIX)
      .regex(/^\d{6}$/, 'send an administrative code of six digits, such as 510100')
      .optional(),
    segment: z
      .string('send a short name, such as pilot-2')
      .regex(/^[A-Za-z0-9._-]{1,40}$/, 'send a short name, such as pilot-2')
      .describe('A group that incidents can be narrowed to.')
      .optional(),
    wantsCourtesy: z.boolean('send true or false').describe('Texts that neither law nor contract demand.').optional(),
    email: z
      .string(EMAIL_FIX)
      .max(254, EMAIL_FIX)
      .regex(EMAIL, EMAIL_FIX)
      .nullable()
      .describe('For notices that no text can bring; null withdraws it. Kept encrypted, and never shown again.')
      .optional(),
    pushToken: z
      .string(TOKEN_FIX)
      .regex(/^[\x21-\x7e]{8,4096}$/, TOKEN_FIX)
      .nullable()
      .describe('Of the app on a device, as your push gateway knows it; null withdraws it. Kept like the address.')
      .optional(),
  })
  .refine(
    (body) => Object.keys(body).length > 0,
    'send at least one of utcOffsetMinutes, region, segment, wantsCourtesy, email, pushToken',
  );

export const holdPlaced = z.object({ holdId: z.string(), status: z.enum(['placed', 'repeated']) });
export const holdLifted = z.object({ holdId: z.string(), status: z.literal('lifted') });
export const contactKept = z.object({ status: z.literal('kept') });
export const holdList = z.object({
  items: z.array(
    z.object({
      holdId: z.string(),
      kind: z.string(),
      accountId: z.string().nullable(),
      placedBy: z.string(),
      placedAtMs: z.int(),
      untilAtMs: z.int().nullable(),
      liftedBy: z.string().nullable(),
      liftedAtMs: z.int().nullable(),
    }),
  ),
});
export const inboxList = z
  .object({
    items: z.array(z.object({ messageId: z.string(), text: z.string(), atMs: z.int(), readAtMs: z.int().nullable() })),
  })
  .describe('The newest first; at most 100.');
