/**
 * Every committed history is replayed against the workflows of today: an account that began under older code must go
 * on under this one. A change that breaks it is told by name here; `workflow.patched` lets both live.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import * as workflows from '../src/workflows';
import { testEnvironment } from './setup/environment';
import { byContent } from './support/inOrder';
import { fileOf, missingOf, readRecording, recordingNames, SHAPES } from './support/recordings';
import { eventNames, replay } from './support/replays';

// Replays of broken workflows fail as they should: the assertions tell, not the log.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

const histories = () => recordingNames().map((workflowId) => ({ workflowId, history: readRecording(workflowId) }));

describe('committed histories', () => {
  it('are there for every shape of control flow, and for every workflow', () => {
    expect(recordingNames()).toEqual(Object.keys(SHAPES).sort());
    const types = new Set(recordingNames().map((name) => name.split('/')[0]));
    expect([...types].sort(byContent)).toEqual(Object.keys(workflows).sort());
  });

  it.each(Object.entries(SHAPES))('%s has its shape, of the workflow that its folder names', (name, shape) => {
    const history = readRecording(name);
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(started?.workflowType?.name).toBe(name.split('/')[0]);
    expect(missingOf(shape, history)).toEqual([]);
  });

  it('name no machine: neither who ran them, nor where, nor a path', () => {
    for (const name of recordingNames()) {
      const text = readFileSync(fileOf(name), 'utf8');
      for (const [, identity] of text.matchAll(/"identity":"([^"]*)"/g)) expect(identity).toBe('worker@test');
      expect(text).not.toContain(`@${hostname()}`);
      expect(text).not.toMatch(/node_modules|\.ts:\d|"\/[a-z]+\//);
    }
  });

  it('replay against the workflows of today', async () => {
    const results = await replay(testEnvironment().workflowBundle, histories());
    expect(results.map(({ workflowId, error }) => ({ workflowId, error }))).toEqual(
      recordingNames().map((workflowId) => ({ workflowId, error: undefined })),
    );
  });
});

describe('a workflow whose steps were put in another order', () => {
  const bundle = join(__dirname, `../.creditloom/broken-workflows-${process.pid}.js`);

  beforeAll(async () => {
    const workflowsPath = join(__dirname, 'support', 'brokenWorkflows');
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    writeFileSync(bundle, code);
  });

  afterAll(() => rmSync(bundle, { force: true }));

  it('fails on every committed history, as a violation of determinism', async () => {
    const results = await replay(bundle, histories());
    expect(results).toHaveLength(Object.keys(SHAPES).length);
    expect(results.filter(({ error }) => !(error instanceof DeterminismViolationError))).toEqual([]);
  });
});

describe('a history with an event taken out', () => {
  it('is no longer replayed: the check reads the events, not only the code', async () => {
    const history = readRecording('cashLoan/on-time');
    const fired = eventNames(history).indexOf('TIMER_STARTED');
    const without = { events: history.events?.filter((_, index) => index !== fired) ?? [] };
    const [result] = await replay(testEnvironment().workflowBundle, [{ workflowId: 'cut', history: without }]);
    expect(result?.error).toBeInstanceOf(Error);
  });
});
