/**
 * Old rows of what callers make without end are removed, once a day. Of real time: what was promised to callers, such as
 * how long a key is answered, is promised in real time, and nothing of a credit waits for it.
 */
import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { HousekeepingInput } from '../../contracts/operations/housekeeping';
import { housekeepingInput } from '../../contracts/runSchemas';
import { judgeOwnStart } from '../newlyRefused';
import { attemptOnce, housekeepings } from '../proxies';

/** About ten events each. */
const DAYS_PER_RUN = 30;

export async function housekeeping(input: HousekeepingInput): Promise<void> {
  judgeOwnStart(housekeepingInput, input);
  const { tenantId } = input;
  for (let days = 0; days < DAYS_PER_RUN; days += 1) {
    const removing = () =>
      housekeepings.purgeOldRows.executeWithOptions({ summary: 'rows that are old enough' }, [{ tenantId }]);
    const done = await attemptOnce('removing old rows', removing);
    if (!done) continue;
    const { requests, checks, reports, troubles } = done.result;
    setCurrentDetails(`removed ${requests} requests, ${checks} checks, ${reports} reports, ${troubles} troubles last`);
    await sleep('1 day', { summary: 'until old rows are removed again' });
  }
  await continueAsNew<typeof housekeeping>(input);
}
