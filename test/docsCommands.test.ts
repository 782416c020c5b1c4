/**
 * The commands that the documents show: those that need no server are run and print what is shown, and of all of them
 * every option is one that the command has.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import commands from '../src/cli/commands.json';

const ROOT = resolve(__dirname, '..');
/** Commands that answer from their arguments, and from files that these name. */
const WITHOUT_SERVER: string[] = commands.flatMap(({ name, module, needsServers }) =>
  module !== undefined && !needsServers ? [name] : [],
);

const DOCUMENTS = ['README.md', 'bench/README.md', ...markdownOf('docs')];

interface Shown {
  file: string;
  /** The words after the name of the program. */
  words: string[];
  /** What is printed, where that is shown. */
  output?: string | undefined;
}

function markdownOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`)
    .sort();
}

/** Of every command; and the word that stands for an option. */
const EVERYWHERE = ['--help', '--option'];
const COMMAND = /^(?:\$ )?(?:npx creditloom|npm run cli) (.*)$/;

/** In fences, with the output below the command or in the fence after it; and in the prose, between backquotes. */
function commandsOf(file: string): Shown[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const shown: Shown[] = [];
  const fences = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```\n/gm)];
  for (const [at, fence] of fences.entries()) {
    const [all, language, content = ''] = fence;
    if (language === 'console') {
      shown.push(...sessionsOf(file, content));
      continue;
    }
    const lines = content.split('\n').flatMap((line) => COMMAND.exec(line)?.[1] ?? []);
    const next = fences[at + 1];
    const isNext = next && text.slice(fence.index + all.length, next.index).trim() === '';
    const output = lines.length === 1 && isNext && ['', 'json'].includes(next[1] ?? '') ? next[2] : undefined;
    shown.push(...lines.map((line) => ({ file, words: wordsOf(line), output })));
  }
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => COMMAND.exec(code)?.[1] ?? []);
  return [...shown, ...inline.map((line) => ({ file, words: wordsOf(line) }))];
}

function sessionsOf(file: string, content: string): Shown[] {
  return content.split(/^\$ /m).flatMap((part) => {
    const [line = '', ...output] = part.split('\n');
    const command = COMMAND.exec(line)?.[1];
    return command === undefined ? [] : [{ file, words: wordsOf(command), output: output.join('\n') }];
  });
}

/** As a shell divides it: quoted words may have blanks; what follows a # is a comment, and so is npm's own --. */
function wordsOf(line: string): string[] {
  const words = [...line.replace(/\s+#.*$/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)];
  return words.map(([, single, double, plain]) => single ?? double ?? plain ?? '').filter((word) => word !== '--');
}

/** Nothing of it stands for something else: no FILE, no [--json], no value, no dots. */
function isWhole({ words }: Shown): boolean {
  return words.length > 1 && !words.some((word) => /^[A-Z_]+(\.\w+)?$|^\[|\]$|^…|^\||^option$|^value$/.test(word));
}

function run(words: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [name = '', ...rest] = words;
  const { module } = commands.find((row) => row.name === name) ?? {};
  const child = spawn(process.execPath, [join(ROOT, `dist/${module}.js`), ...rest], { cwd: ROOT });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

const helps = new Map<string, Promise<string>>();

/** Of one command, asked once. */
function helpOf(name: string): Promise<string> {
  const known = helps.get(name) ?? run([name, '--help']).then(({ stdout }) => stdout);
  helps.set(name, known);
  return known;
}

const ALL = DOCUMENTS.flatMap(commandsOf);
/** The guard's is run below, with the options of its table: it takes a while. */
const RUN = ALL.filter((shown) => WITHOUT_SERVER.includes(shown.words[0] ?? '') && isWhole(shown)).filter(
  ({ words }) => words[0] !== 'guard',
);
const named = (shown: Shown): [string, Shown] => [`${shown.file}: ${shown.words.join(' ')}`, shown];

describe('the table of the commands', () => {
  it('has every module that runs by itself, and no other', () => {
    const modules = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(ROOT, 'src', file), 'utf8').includes('runCommandLine('))
      .filter((file) => readFileSync(join(ROOT, 'src', file), 'utf8').includes('require.main === module'))
      .map((file) => file.replace(/\.ts$/, ''));
    expect(commands.flatMap(({ module }) => module ?? []).sort()).toEqual(modules.sort());
  });

  it('gives each a name in kebab-case of its own, and one short line', () => {
    const names = commands.flatMap(({ name, was }) => [name, ...(was === undefined ? [] : [was])]);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, says } of commands) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(says).toMatch(/^\S.{6,78}[^.\s]$/);
    }
  });

  it('is the table of docs/operations.md: every name is there, and no name of before', () => {
    const [, section = ''] =
      /^## Commands\n([\s\S]*?)^## /m.exec(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')) ?? [];
    const rows = section.split('\n').filter((line) => line.startsWith('|'));
    const shown = rows.flatMap((row) => [...row.matchAll(/`(?:npx creditloom|npm run cli|npm run|npm) ([a-z-]+)/g)]);
    expect(new Set(shown.map(([, name]) => name))).toEqual(new Set(commands.map(({ name }) => name)));
    const before = commands.flatMap(({ was }) => was ?? []);
    expect(before.length).toBeGreaterThan(0);
    expect(ALL.filter(({ words }) => before.includes(words[0] ?? ''))).toEqual([]);
  });

  it.each(commands.filter(({ module }) => module !== undefined))(
    '$name --help says its line and its usage',
    async ({ name, says }) => {
      const { code, stdout, stderr } = await run([name, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [line, blank, ...usage] = stdout.split('\n');
      expect([line, blank]).toEqual([`${name}: ${says}`, '']);
      expect(usage[0]).toMatch(new RegExp(`^usage: ${name}( |$)`));
      // The last of its sub-commands, as each, says its own lines.
      const forms = usage.filter((form) => /^(usage: | {7})[a-z]/.test(form)).map((form) => form.slice(7));
      const word = forms.findLast((form) => new RegExp(`^${name} [a-z]`).test(form))?.split(' ')[1];
      if (word === undefined) return;
      const [, own = ''] = (await run([name, word, '--help'])).stdout.split('\n\nusage: ');
      const shown = `       ${own}`.split('\n').flatMap((form) => /^ {7}(\S.*)/.exec(form)?.[1] ?? []);
      expect(shown.filter((form) => form.startsWith(`${name} `))).toEqual(
        forms.filter((form) => form.startsWith(`${name} ${word}`)),
      );
    },
  );
});

it('every command that needs no server is shown', () => {
  expect(RUN.length).toBeGreaterThan(12);
  expect([...new Set(ALL.map(({ words }) => words[0]))]).toEqual(expect.arrayContaining(WITHOUT_SERVER));
});

describe('a command of a document', () => {
  it.each(RUN.filter(({ output }) => output !== undefined).map(named))('%s prints what is shown', async (_, shown) => {
    const { code, stdout, stderr } = await run(shown.words);
    expect(stdout + stderr).toBe(shown.output);
    // A wrong use is told beside the output; a text that the checks refuse is an answer.
    expect(code).toBe(stderr === '' ? (/^refused: /m.test(stdout) ? 1 : 0) : 2);
  });

  it.each(RUN.filter(({ output }) => output === undefined).map(named))('%s is understood', async (_, shown) => {
    expect(await run(shown.words)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(ALL.map(named))('%s has the options that are named', async (_, { words }) => {
    const options = words.flatMap((word) =>
      [...word.matchAll(/(?:^|\[)(--[a-z][a-z-]*)/g)].map(([, option = '']) => option),
    );
    const [name = ''] = words;
    if (options.length === 0 || !commands.some((row) => row.name === name && row.module !== undefined)) return;
    const help = await helpOf(name);
    const isThere = (option: string) => new RegExp(`${option}(?![a-z-])`).test(help);
    expect(options.filter((option) => !EVERYWHERE.includes(option) && !isThere(option))).toEqual([]);
  });
});

describe('what is said besides', () => {
  it('every example of quote --help is answered', async () => {
    const { stdout } = await run(['quote', '--help']);
    const examples = stdout.split('\n').flatMap((line) => /^ {2}(quote .*) \[--json\]$/.exec(line)?.[1] ?? []);
    expect(examples.length).toBe(5);
    for (const example of examples) {
      const words = wordsOf(example);
      expect(await run(words)).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse((await run([...words, '--json'])).stdout)).toBeInstanceOf(Object);
    }
  });

  it('account --help and account schema print what the document has', async () => {
    const text = readFileSync(join(ROOT, 'docs/account-derive.md'), 'utf8');
    const { code, stdout } = await run(['account', '--help']);
    const [, usage = ''] = stdout.trimEnd().split('usage: ');
    expect(code).toBe(0);
    for (const line of usage.split('\n')) expect(text).toContain(`npx creditloom ${line.trim()}\n`);
    const schema = readFileSync(join(ROOT, 'docs/schemas/account-facts.schema.json'), 'utf8');
    expect(JSON.parse((await run(['account', 'schema'])).stdout)).toEqual(JSON.parse(schema));
  });

  it('the table of the guard is that of the options beside it', async () => {
    const text = readFileSync(join(ROOT, 'docs/anomaly-guard.md'), 'utf8');
    const [, options = '', table = ''] =
      /As `(--days \d+ --runs \d+)` printed it:\n\n([\s\S]*?\nGoals: .*\n)/.exec(text) ?? [];
    const { code, stdout } = await run(['guard', 'simulate', ...wordsOf(options)]);
    expect(stdout).toBe(table);
    expect(code).toBe(0);
    // Some forty seconds of one core, and more where others want it.
  }, 600_000);
});
