/** The application that an activity is about, held to the end of its transaction. */
import type { ApplicationRef } from '../../contracts/activities';
import { type ApplicationRow, lockApplication } from '../../db/origination/applications';
import type { Client } from '../../db/transaction';
import { notFound } from '../failures';

/** Throws the failure `NotFound`, which is not retried. */
export async function knownApplication(client: Client, ref: ApplicationRef): Promise<ApplicationRow> {
  const row = await lockApplication(client, ref);
  if (!row) throw notFound(`application ${ref.applicationId} of tenant ${ref.tenantId} is not known`);
  return row;
}
