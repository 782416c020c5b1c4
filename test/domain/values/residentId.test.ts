/** Numbers of resident identity cards by GB 11643. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { samplePortfolio } from '../../../src/dev/demo/personas';
import { birthDateOf, inventedResidentId, residentIdFault } from '../../../src/domain/values/residentId';

describe('a resident identity number', () => {
  // The two right ones are examples of the standard.
  it.each<[string, string | undefined]>([
    ['11010519491231002X', undefined],
    ['11010519491231002x', undefined],
    ['440524188001010014', undefined],
    ['110105194912310021', 'check-digit'],
    ['11010519491231003X', 'check-digit'],
    ['440524178001010014', 'birth-date'],
    ['440524188001010015', 'check-digit'],
    ['000000199002300014', 'birth-date'],
    ['000000199013010014', 'birth-date'],
    ['000000199000010014', 'birth-date'],
    ['000000190002290014', 'birth-date'],
    ['11010519491231002', 'form'],
    ['11010519491231002XX', 'form'],
    ['1101051949123100X2', 'form'],
    ['11010519491231002Y', 'form'],
    ['１１０１０５19491231002X', 'form'],
    [' 11010519491231002X', 'form'],
    ['', 'form'],
  ])('%s: %s', (number, fault) => expect(residentIdFault(number)).toBe(fault));

  it('tells its birth date', () => {
    expect(birthDateOf('11010519491231002X')).toBe('1949-12-31');
    expect(birthDateOf('1101051949123100')).toBeUndefined();
  });

  it('any one wrong digit, and any two neighbours exchanged, are found', () => {
    const serial = fc.integer({ min: 0, max: 9_999_999 });
    fc.assert(
      fc.property(serial, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (of, place, by) => {
        const right = inventedResidentId(of);
        const digit = (Number(right[place]) + by) % 10;
        expect(residentIdFault(right)).toBeUndefined();
        expect(residentIdFault(`${right.slice(0, place)}${digit}${right.slice(place + 1)}`)).toBeDefined();
        const [first = '', second = ''] = right.slice(place, place + 2);
        fc.pre(first !== second && second !== 'X');
        expect(residentIdFault(`${right.slice(0, place)}${second}${first}${right.slice(place + 2)}`)).toBeDefined();
      }),
    );
  });

  it('the people of the sample portfolio have right numbers, each their own', () => {
    const numbers = samplePortfolio(2000, 1).map(({ idNumber }) => idNumber);
    expect(numbers.filter((number) => residentIdFault(number) !== undefined)).toEqual([]);
    expect(new Set(numbers).size).toBe(2000);
  });

  it('invented people have different numbers', () => {
    const numbers = Array.from({ length: 5000 }, (_, serial) => inventedResidentId(serial));
    expect(new Set(numbers).size).toBe(5000);
    expect(numbers.every((number) => number.startsWith('000000'))).toBe(true);
  });
});
