/** Shapes of who a borrower is: versions without their values, and a change of phone. */
import { z } from 'zod';
import { IDENTITY_FIELDS, IDENTITY_SOURCES } from '../../domain/origination/identity';
import { id, phone } from '../schemas';

export const phoneChangeBody = z.strictObject({
  changeId: id.describe('Yours: sent twice, the change is one.'),
  phone,
});
export const phoneChanged = z.object({
  changeId: z.string(),
  status: z
    .enum(['changed', 'first', 'unchanged', 'repeated'])
    .describe('`first`: there was none before. `unchanged`: it was the phone already, and nothing was kept.'),
  version: z.int().describe('Of the phone.'),
});
export const identityVersions = z
  .object({
    items: z.array(
      z.object({
        field: z.enum(IDENTITY_FIELDS),
        version: z.int(),
        source: z.enum(IDENTITY_SOURCES),
        sourceId: z.string().nullable().describe('The application or the change.'),
        recordedBy: z.string().nullable().describe('Id of the API key; null of what is from before versions.'),
        atMs: z.int(),
      }),
    ),
  })
  .describe('Of each field the oldest first. Values are never shown.');
