/** A workflow that workflowBundle.test.ts must see refused: it brings code of activities along, not only their types. */
import { isMessageOf } from '../../../src/activities/credit/arrivals';

export async function judgesAsAnActivity(): Promise<boolean> {
  return isMessageOf({ kind: 'opening' });
}
