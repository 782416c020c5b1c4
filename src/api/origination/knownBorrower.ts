/** What names a borrower names one that is there: a typing error must not be taken as done. */
import { isKnownBorrower } from '../../db/origination/borrowers';
import type { Reader } from '../../db/transaction';
import { notFound } from '../http/problems';

/** Refuses with 404 under the field that names the borrower. */
export async function mustKnowBorrower(
  reader: Reader,
  borrower: { tenantId: string; borrowerId: string },
  field = 'id',
): Promise<void> {
  if (await isKnownBorrower(reader, borrower)) return;
  throw notFound('There is no such borrower.', { field });
}
