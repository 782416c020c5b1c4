/** Arguments of the commands: what is wrong is named, with what would be right. */
import { describe, expect, it } from '@jest/globals';
import { duration, parseArguments, wholeNumber } from '../../src/cli/arguments';

describe('arguments', () => {
  it('takes a value after a blank or an equals sign', () => {
    const { options, positionals } = parseArguments(['file.csv', '--speed', '10', '--until=12mo'], ['speed', 'until']);
    expect(Object.fromEntries(options)).toEqual({ speed: '10', until: '12mo' });
    expect(positionals).toEqual(['file.csv']);
  });

  it('keeps the equals signs of a value', () => {
    expect(parseArguments(['--owed=fee=1.00,penalty=2.00'], ['owed']).options.get('owed')).toBe(
      'fee=1.00,penalty=2.00',
    );
  });

  it('refuses what it does not know, and an option without a value', () => {
    expect(() => parseArguments(['--sped', '1'], ['speed', 'until'])).toThrow(
      '--sped is not known here; there are --speed',
    );
    expect(() => parseArguments(['--speed'], ['speed'])).toThrow('--speed needs a value');
    expect(() => parseArguments(['--speed', '1', '--speed=2'], ['speed'])).toThrow('--speed is given twice');
    expect(() => parseArguments(['-s', '1'], ['speed'])).toThrow('-s is not known here; there are --speed');
    expect(() => parseArguments(['--speed'], [])).toThrow('--speed is not known here; there is no option');
    expect(() => parseArguments(['--__proto__=1'], ['speed'])).toThrow('--__proto__ is not known here');
  });

  it('takes an option without a value wherever it stands, and once', () => {
    const { options, flags, positionals } = parseArguments(['--json', 'loan', '--on', 'x'], ['on'], ['json']);
    expect([[...options], [...flags], positionals]).toEqual([[['on', 'x']], ['json'], ['loan']]);
    expect(() => parseArguments(['--json', '--json'], [], ['json'])).toThrow('--json is given twice: give it once');
    expect(() => parseArguments(['--json=yes'], [], ['json'])).toThrow('--json takes no value: give it alone');
  });

  it('does not take the next option for a value that was forgotten', () => {
    const read = (...argv: string[]) => parseArguments(argv, ['text', 'on'], ['json']);
    expect(() => read('--text', '--json')).toThrow('--text needs a value before --json; write --text=--json where');
    expect(read('--text=--json').options.get('text')).toBe('--json');
    expect(read('--text', '-5').options.get('text')).toBe('-5');
    expect(read('--on', 'x', '--', '--json')).toMatchObject({ positionals: ['--json'], flags: new Set() });
  });

  it.each(['0', '11', '1.5', '-1', 'fast', ''])('refuses %p as a whole number from 1 to 10', (text) => {
    const options = new Map([['speed', text]]);
    expect(() => wholeNumber(options, 'speed', { min: 1, max: 10, byDefault: 3 })).toThrow(
      `--speed ${text} is not a whole number from 1 to 10, such as 3`,
    );
  });

  it('reads durations in months and days', () => {
    expect(duration('12mo', 'until')).toEqual({ months: 12, days: 0 });
    expect(duration('90d', 'until')).toEqual({ months: 0, days: 90 });
    for (const text of ['12', '1y', 'mo', '12 mo'])
      expect(() => duration(text, 'until')).toThrow('such as 12mo or 90d');
  });
});
