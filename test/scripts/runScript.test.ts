/** scripts/creditloom.mjs in a small project of its own: a command's output is the command's alone, and faults are sentences. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSmallProject } from '../support/smallProject';

let folder: string;

beforeAll(() => {
  const command = `if (require.main === module) process.stdout.write(JSON.stringify(process.argv.slice(2)));\nexport {};\n`;
  folder = makeSmallProject('echo', command);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file itself and not through node, as npm links it for `npx creditloom`. */
function run(...args: string[]) {
  const entry = join(folder, 'scripts', 'creditloom.mjs');
  const { status, stdout, stderr, error } = spawnSync(entry, args, { encoding: 'utf8' });
  if (error) throw error;
  return { status, stdout, stderr };
}

it('builds first, says so beside the output, and hands all arguments on', () => {
  const first = run('echo', '--json', '1.00');
  expect(first).toEqual({ status: 0, stdout: '["--json","1.00"]', stderr: expect.stringMatching(/^build: ok/) });
  expect(run('echo')).toEqual({ status: 0, stdout: '[]', stderr: '' });
});

it('names what it knows beside the output, and exits with 2', () => {
  expect(run('ecko')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'unknown command "ecko"; known: test, build, help, echo\n',
  });
  expect(run()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) });
});

it.each([[['help']], [['--help']], [['help', '--help']]])('lists every command with its line for %j', (words) => {
  const { status, stdout, stderr } = run(...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n').filter((line) => /^ {2}\S/.test(line))).toEqual([
    expect.stringMatching(/^ {2}test {3}\S/),
    expect.stringMatching(/^ {2}build {2}\S/),
    expect.stringMatching(/^ {2}help {3}\S/),
    '  echo   of the test alone',
  ]);
});

it.each([[['help', 'test']], [['test', '--help']], [['test', 'test/some', '-h']]])(
  'says for %j what it takes',
  (words) => {
    expect(run(...words)).toEqual({ status: 0, stdout: expect.stringMatching(/\n\nusage: test \[FILE/), stderr: '' });
  },
);

it('hands the wish for help on, and runs a command by its name of before', () => {
  expect(run('help', 'echo', 'more')).toMatchObject({ status: 0, stdout: '["more","--help"]' });
  expect(run('echoBefore', '1')).toEqual({ status: 0, stdout: '["1"]', stderr: 'echoBefore is called echo now\n' });
});

it('what it says itself arrives whole, however slowly it is read', () => {
  const slowly = `'${process.execPath}' -e 'setTimeout(() => process.stdin.pipe(process.stdout), 700)'`;
  const name = 'x'.repeat(100_000);
  const line = `'${process.execPath}' '${join(folder, 'scripts', 'run.mjs')}' ${name} 2>&1 | ${slowly}`;
  const { stdout } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  expect(stdout).toBe(`unknown command "${name}"; known: test, build, help, echo\n`);
});

describe('before anything is built', () => {
  const failsWith = (line: string) => ({ status: expect.any(Number), all: `${line}\n` });
  /** With what was said, on either output; nothing was installed or built for it. */
  function runUnbuilt(...args: string[]) {
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    const { status, stdout, stderr } = run(...args);
    expect(status).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'dist'))).toBe(false);
    return { status, all: stdout + stderr };
  }

  it.each([
    [['--no-such-option'], 'npm test knows no option --no-such-option; it takes those of Jest, such as -t NAME'],
    [
      ['-t', 'a name', '--maxWorkerz=2'],
      'npm test knows no option --maxWorkerz=2; it takes those of Jest, such as -t NAME',
    ],
    [
      ['--maxWorkers', '1', 'test/some', 'test/nowhere'],
      'no test file matches "test/nowhere"; give a part of a path such as test/domain/credit/moneyProperties.test.ts',
    ],
  ])('tells what is wrong with npm test -- %j', (args, line) => {
    mkdirSync(join(folder, 'test'), { recursive: true });
    writeFileSync(join(folder, 'test', 'some.test.ts'), '');
    expect(runUnbuilt('test', ...args)).toEqual(failsWith(line));
  });
});
