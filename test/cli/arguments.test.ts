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
