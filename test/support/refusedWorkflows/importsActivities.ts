/** A workflow that workflowBundle.test.ts must see refused: it brings code of activities along, not only their types. */
import { notFound } from '../../../src/activities/failures';

export async function failsAsAnActivity(): Promise<void> {
  throw notFound('account');
}
