/** The command word of a text, however people type it; everything else is no command. */
import { expect, it } from '@jest/globals';
import { commandOf } from '../../src/domain/inboundCommand';

it.each([
  ['R', 'R'],
  [' r ', 'R'],
  ['Ｒ', 'R'],
  ['"R"', 'R'],
  ['TD。', 'TD'],
  ['ｔ ｄ', 'TD'],
  ['退订', 'TD'],
  ['拒收！', 'R'],
  ['t', 'T'],
  ['N', 'N'],
  ['', 'other'],
  ['other', 'other'],
  ['R R', 'other'],
  ['TDD', 'other'],
  ['不退订', 'other'],
  ['constructor', 'other'],
  ['__proto__', 'other'],
  [`R${' '.repeat(1000)}`, 'R'],
  ['N'.repeat(3000), 'other'],
])('%j is %s', (text, command) => {
  expect(commandOf(text)).toBe(command);
});
