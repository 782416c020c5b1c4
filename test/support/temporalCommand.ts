/** The `temporal` command line, as an operator has it: plain JSON in and out, as the Web UI sends it. */
import { execFile } from 'node:child_process';
import { testEnvironment } from '../setup/environment';

export interface TemporalAnswer {
  code: number;
  /** What the handler returned; undefined where it was refused. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by tests that know their shape
  result: any;
  /** What the operator reads. */
  text: string;
}

/** Runs one command on a workflow, such as `update execute`, with one JSON input. */
export function temporalWorkflow(
  address: string,
  command: readonly string[],
  { workflowId, ...named }: { workflowId: string; name?: string; type?: string; taskQueue?: string },
  input?: unknown,
): Promise<TemporalAnswer> {
  const words = [
    'workflow',
    ...command,
    '--address',
    address,
    '--workflow-id',
    workflowId,
    '--output',
    'json',
    ...(named.name === undefined ? [] : ['--name', named.name]),
    ...(named.type === undefined ? [] : ['--type', named.type]),
    ...(named.taskQueue === undefined ? [] : ['--task-queue', named.taskQueue]),
    ...(input === undefined ? [] : ['--input', JSON.stringify(input)]),
  ];
  return new Promise((resolve) => {
    execFile(testEnvironment().temporalCli, words, { timeout: 60_000 }, (error, out, told) => {
      const text = `${out}${told}`;
      const result = error ? undefined : (JSON.parse(out).result ?? JSON.parse(out));
      resolve({ code: error ? Number(error.code ?? 1) : 0, result, text });
    });
  });
}
