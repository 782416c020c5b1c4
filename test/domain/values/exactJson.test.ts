/** What JSON says twice or inexactly is found in its text, and nothing else is. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultsOfJson } from '../../../src/domain/values/exactJson';

/** Faults in short: `field twice 1 3`, `field inexact 1`. */
function faults(text: string): string[] {
  JSON.parse(text);
  return faultsOfJson(text).map((fault) =>
    fault.kind === 'twice'
      ? `${fault.field} twice ${fault.firstLine} ${fault.line}`
      : `${fault.field} inexact ${fault.line}`,
  );
}

describe('names', () => {
  it.each<[string, string[]]>([
    ['{"amountFen":1,"amountFen":173759}', ['amountFen twice 1 1']],
    ['{"a":1,\n"b":2,\n"a":1}', ['a twice 1 3']],
    ['{"a":1,"\\u0061":2}', ['a twice 1 1']],
    ['{"a" : 1, "a"\n:2}', ['a twice 1 1']],
    ['{"a":{"b":1,"c":{"b":2,"b":3}}}', ['a.c.b twice 1 1']],
    ['[{"a":1},{"a":1,"a":2}]', ['1.a twice 1 1']],
    ['{"a":[[0,{"x":1,"x":1}]]}', ['a.0.1.x twice 1 1']],
    ['{"a":1,"a":2,"a":3}', ['a twice 1 1', 'a twice 1 1']],
    ['{"":1,"":2}', [' twice 1 1']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__ twice 1 1']],
  ])('%s', (text, found) => expect(faults(text)).toEqual(found));

  it.each([
    '{"a":1,"A":2}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}},"b":["a","a"],"c":"a"}',
    '{"a":"\\"a\\":1,\\"a\\":2"}',
    '{"a":"{\\"b\\":1,\\"b\\":2}\\\\","b":1}',
    '{"a":"x","b":[],"c":{},"d":[{}],"e":null,"f":true}',
  ])('%s says nothing twice', (text) => expect(faults(text)).toEqual([]));
});

describe('numbers', () => {
  it.each([
    '173759.00000000001',
    '9007199254740993',
    '-9007199254740993',
    '9007199254740992.5',
    '123456789012345678901234567890',
    '0.1000000000000000055511151231257827',
    '1e23',
    '1.7976931348623157e308',
    '1e400',
    '-1e400',
    '1e-400',
    '1e1000000000000',
    '17375900000000001e-11',
    '0.00000000000000000000000000001000000000000000000000000000000000000001',
  ])('%s is not held', (text) => expect(faults(text)).toEqual([' inexact 1']));

  it.each([
    '0',
    '-0',
    '0.0',
    '0e999999999999',
    '173759',
    '173759.000',
    '1.73759e5',
    '1.73759E+5',
    '17375900e-2',
    '9007199254740991',
    '9007199254740992',
    '9007199254740994',
    '12.5',
    '0.1',
    '0.0004',
    '1e22',
    '5e-324',
    '1.000000000000000000000000000000000000000000',
  ])('%s is held', (text) => expect(faults(text)).toEqual([]));

  it('is told with its field, its line, what is written and what would be read', () => {
    expect(faultsOfJson('{\n"a": [1, 2],\n"b": [1,\n{"c": 173759.00000000001}]}')).toEqual([
      { kind: 'inexact', field: 'b.1.c', line: 4, written: '173759.00000000001', readAs: 173_759 },
    ]);
  });

  it('every number below 2^53 that JSON writes is held; of larger ones those that are the very number', () => {
    const below = { min: -(2 ** 53), max: 2 ** 53, noNaN: true };
    fc.assert(
      fc.property(fc.double(below), fc.maxSafeInteger(), (any, whole) => {
        expect(faults(JSON.stringify([any, whole]))).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(2n ** 53n, 2n ** 80n), (large) => {
        expect(faults(String(large)).length).toBe(BigInt(Number(large)) === large ? 0 : 1);
      }),
    );
  });
});

const smallNumbers = fc
  .jsonValue()
  .map((value) =>
    JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'number' && Math.abs(each) > 2 ** 53 ? 1 : each)),
  );
it('any JSON that JSON.stringify writes has no fault, but for numbers above 2^53', () => {
  fc.assert(
    fc.property(smallNumbers, fc.constantFrom(0, 2), (value, indent) => {
      expect(faults(JSON.stringify(value, null, indent))).toEqual([]);
    }),
  );
});

it('at most 20 are told', () => {
  expect(faultsOfJson(`[${'1e999,'.repeat(500)}0]`)).toHaveLength(20);
});

it('a deep text, and a long one, are looked through in time that grows with their length', () => {
  const deep = `${'['.repeat(100_000)}1e999${']'.repeat(100_000)}`;
  expect(faultsOfJson(deep)).toHaveLength(1);
  const long = `{"a":"${'\\"x'.repeat(300_000)}","b":${'9'.repeat(100_000)}}`;
  expect(faultsOfJson(long)).toMatchObject([{ field: 'b', kind: 'inexact' }]);
});
