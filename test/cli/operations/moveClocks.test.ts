/** Whoever sleeps by the business clock is told that it goes on. */
import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { moveClocks } from '../../../src/cli/operations/moveClocks';
import { workflowIds, workflowTypes } from '../../../src/contracts/workflowTypes';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import * as workflows from '../../../src/workflows';

const CLOCK = { realEpochMs: 1, businessEpochMs: 2, speed: 60 };

test('every workflow that a worker registers hears of the clock', async () => {
  const told: unknown[] = [];
  let query = '';
  const client = {
    withDeadline: (_deadline: number, call: () => unknown) => call(),
    workflow: {
      async *list(asked: { query: string }) {
        query = asked.query;
        yield { workflowId: 'template-review/demo/due-soon/2' };
      },
      getHandle: (workflowId: string) => ({
        signal: async ({ name }: { name: string }, clock: unknown) => void told.push([workflowId, name, clock]),
      }),
    },
  };
  const lines: string[] = [];
  await moveClocks(createTemporalGateway(client as unknown as Client), CLOCK, (line) => lines.push(line));
  const types = /WorkflowType IN \((.*)\)$/.exec(query)?.[1]?.split(', ').sort();
  expect(types).toEqual(
    Object.keys(workflows)
      .filter((type) => type !== 'housekeeping')
      .map((type) => `'${type}'`)
      .sort(),
  );
  expect(told).toEqual([['template-review/demo/due-soon/2', 'clockMoved', CLOCK]]);
  expect(lines).toEqual(['the business clock goes on for 1 running workflows']);
});

test('the table, the ids and the index of the workflows have the same types', () => {
  expect(Object.keys(workflowTypes).sort()).toEqual(Object.keys(workflows).sort());
  expect(Object.keys(workflowIds).sort()).toEqual(Object.keys(workflows).sort());
});
