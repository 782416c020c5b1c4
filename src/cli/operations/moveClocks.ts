/** Tells every running workflow that the accelerated business clock goes on from new epochs. */
import { clockMoved } from '../../contracts/operations/clock';
import { TYPES_THAT_HEAR_THE_CLOCK } from '../../contracts/workflowTypes';
import type { BusinessClock } from '../../domain/values/clock';
import type { TemporalGateway } from '../../platform/temporalGateway';

export async function moveClocks(
  gateway: Pick<TemporalGateway, 'running' | 'signal'>,
  clock: BusinessClock,
  report: (line: string) => void,
): Promise<void> {
  let moved = 0;
  for await (const workflowId of gateway.running(TYPES_THAT_HEAR_THE_CLOCK)) {
    // One that has ended since it was listed sleeps on no clock.
    if ((await gateway.signal(workflowId, clockMoved, clock)) === 'told') moved += 1;
  }
  report(`the business clock goes on for ${moved} running workflows`);
}
