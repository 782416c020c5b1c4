/** The check of a notice text on the command line. */
import { expect, test } from '@jest/globals';
import { ArgumentError } from '../../../src/cli/arguments';
import { template } from '../../../src/cli/messaging/template';

async function run(...words: string[]) {
  let text = '';
  const write = (written: string) => {
    text += written;
  };
  const code = await template(words, write, { OFFICIAL_NUMBERS: '4008000000,95000' });
  return { code, text };
}

const GOOD = '您好，本期应还{amount}，{dueDate}到期，请在APP内查看。';

test('a good text: its longest form, parts and cost, and exit code 0', async () => {
  const { code, text } = await run('check', '--kind', 'due-soon', '--body', GOOD);
  expect(code).toBe(0);
  expect(text).toContain('longest: 【示例消金】您好，本期应还9,999,999.99元，12月31日到期');
  expect(text).toContain('1 part(s), 5 fen a message\nnothing found');
});

test('a refused text: the words and the rule, and exit code 1; as JSON too', async () => {
  const { code, text } = await run('check', '--kind', 'due-soon', '--body', `${GOOD}否则起诉。`);
  expect(code).toBe(1);
  expect(text).toContain('THREAT "起诉"');
  const json = await run('check', '--kind', 'due-soon', '--body', `${GOOD}否则起诉。`, '--json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.text).findings).toContainEqual(expect.objectContaining({ rule: 'THREAT', words: '起诉' }));
});

test('a number of the lender is one of its setting', async () => {
  const saying = (number: string) => run('check', '--kind', 'due-soon', '--body', `${GOOD}客服${number}。`);
  expect((await saying('400-800-0000')).code).toBe(0);
  expect((await saying('95001')).text).toContain('PHONE_NUMBER "95001"');
});

test.each([
  [['check', '--body', GOOD]],
  [['check', '--kind', 'hello', '--body', GOOD]],
  [['check', '--kind', 'due-soon']],
  [['look']],
  [[]],
])('wrong words are told: %j', async (words) => {
  await expect(run(...words)).rejects.toThrow(ArgumentError);
});
