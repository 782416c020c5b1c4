/** scripts/run.mjs in a small project of its own: a command's output is the command's alone. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'creditloom-run-')));
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'src', 'cli'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/run.mjs']) {
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const command = `if (require.main === module) process.stdout.write(JSON.stringify(process.argv.slice(2)));\nexport {};\n`;
  writeFileSync(join(folder, 'src', 'cli', 'echo.ts'), command);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The file itself and not through node, as npm links it for `npx creditloom`. */
function run(...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync(join(folder, 'scripts', 'run.mjs'), args, { encoding: 'utf8' });
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
    stderr: 'unknown command "ecko"; known: test, build, echo\n',
  });
  expect(run()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) });
});

it('what it says itself arrives whole, however slowly it is read', () => {
  const slowly = `'${process.execPath}' -e 'setTimeout(() => process.stdin.pipe(process.stdout), 700)'`;
  const name = 'x'.repeat(100_000);
  const line = `'${join(folder, 'scripts', 'run.mjs')}' ${name} 2>&1 | ${slowly}`;
  const { stdout } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  expect(stdout).toBe(`unknown command "${name}"; known: test, build, echo\n`);
});
