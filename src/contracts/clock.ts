/** The one message that every workflow takes: the deployment's business clock has moved. */
import { defineSignal } from '@temporalio/workflow';
import type { BusinessClock } from '../domain/clock';

/** The clock goes on from new epochs: an accelerated clock pauses while the system is down. */
export const clockMoved = defineSignal<[BusinessClock]>('clockMoved');
