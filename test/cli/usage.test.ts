/** A usage is the rule by which words are read: what it says is taken, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import { ArgumentError } from '../../src/cli/arguments';
import { helpAsked, helpLines, optionsOf, readWords, usageOf } from '../../src/cli/usage';

const BOOK = usageOf(
  'book',
  ['open --title TITLE [--pages N] [--hard]', 'find AUTHOR', 'find AUTHOR YEAR [--last]', 'list', 'lend BOOK_ID'],
  { each: '[--shelf FOLDER] [--json]', besides: ['A year has four digits.'] },
);
const PLAIN = usageOf('plain', ['[FILE] [--for api|worker]']);

const SAYS = [
  'usage: book open --title TITLE [--pages N] [--hard]',
  '       book find AUTHOR',
  '       book find AUTHOR YEAR [--last]',
  '       book list',
  '       book lend BOOK_ID',
  '       each with [--shelf FOLDER] [--json]',
  'A year has four digits.',
];

describe('a usage', () => {
  it('names the options of each sub-command', () => {
    expect(optionsOf(BOOK, 'open')).toEqual({ values: ['title', 'pages', 'shelf'], flags: ['hard', 'json'] });
    expect(optionsOf(BOOK, 'find')).toEqual({ values: ['shelf'], flags: ['json', 'last'] });
    expect(optionsOf(PLAIN)).toEqual({ values: ['for'], flags: [] });
  });

  it('reads what it says, in any order', () => {
    const words = readWords(BOOK, ['--json', '--shelf', 'list', 'find', 'Mei', '--last', '1999']);
    expect({ ...words, options: [...words.options], flags: [...words.flags] }).toEqual({
      name: 'find',
      positionals: ['Mei', '1999'],
      options: [['shelf', 'list']],
      flags: ['json', 'last'],
    });
    expect(readWords(PLAIN, [])).toMatchObject({ name: '', positionals: [] });
    expect(readWords(PLAIN, ['a', '--for', 'api'])).toMatchObject({ positionals: ['a'] });
  });

  it.each<[string[], string]>([
    [[], 'nothing is no command of the book\nusage: book open'],
    [['burn'], 'burn is no command of the book\nusage: book open'],
    [['constructor'], 'constructor is no command of the book'],
    [['find'], 'find needs an author\nusage: '],
    [['lend'], 'lend needs the id of a book\nusage: '],
    [['find', 'Mei', '1999', 'more'], 'more is not known here\nusage: '],
    [['list', '--last'], '--last is not known here; there are --shelf, --json'],
    [['open', '--title'], '--title needs a value'],
  ])('refuses %j', (argv, message) => {
    expect(() => readWords(BOOK, argv)).toThrow(ArgumentError);
    expect(() => readWords(BOOK, argv)).toThrow(message);
  });

  it('tells a command without sub-commands that nothing follows but options', () => {
    expect(() => readWords(PLAIN, ['a', 'b'])).toThrow(/^b is not known here: options begin with --$/);
  });
});

describe('the help', () => {
  it('is the usage, of one sub-command or of all', () => {
    expect(helpLines(BOOK)).toEqual(SAYS);
    expect(helpLines(BOOK, 'burn')).toEqual(SAYS);
    expect(helpLines(BOOK, 'open')).toEqual([
      'usage: book open --title TITLE [--pages N] [--hard]',
      '       with [--shelf FOLDER] [--json]',
      'A year has four digits.',
    ]);
  });

  it('breaks a long line, never between an option and its value', () => {
    const many = Array.from({ length: 12 }, (_, at) => `[--option-${'abcdefghijkl'[at]} SOME_VALUE]`);
    const lines = helpLines(usageOf('long', [many.join(' ')]));
    expect(lines.every((line) => line.length <= 110)).toBe(true);
    expect(lines.slice(1).every((line) => /^ {11}\[--/.test(line))).toBe(true);
    expect(lines.join(' ').split(/ +(?=\[)/)).toEqual(['usage: long', ...many]);
  });

  it.each([[['--help']], [['-h']], [['find', 'Mei', '--help']], [['--json', '-h']]])('is given for %j', (argv) => {
    expect(helpAsked(BOOK, argv)).toMatch(/^usage: book (open|find AUTHOR)/);
  });

  it.each([[[]], [['find', 'Mei']], [['find', '--', '--help']]])('is not given for %j', (argv: string[]) => {
    expect(helpAsked(BOOK, argv)).toBeUndefined();
  });
});
