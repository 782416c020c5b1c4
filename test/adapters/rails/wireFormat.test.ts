/** The worked example of docs/payment-rail.md, whose figures openssl made: what we sign, and what we believe. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readAnswer } from '../../../src/adapters/rails/railAnswer';
import { answerFault, type SignedAnswer, signRequest } from '../../../src/adapters/rails/signature';

const DOCUMENT = readFileSync(join(__dirname, '../../../docs/payment-rail.md'), 'utf8');
const KEY = { keyId: 'lender-1', secret: 'an-example-secret-of-32-characters' };
const NONCE = '00112233445566778899aabbccddeeff';

/** The two messages of the document: their headers, with names in lower case, and their bodies. */
const [request, answer] = [...DOCUMENT.matchAll(/^```\n(?:POST|200)\b[^\n]*\n([\s\S]*?)\n\n(\{.*\})\n```$/gm)].map(
  ([, headers = '', body = '']) => ({
    headers: Object.fromEntries(
      headers.split('\n').map((line) => {
        const [name = '', value = ''] = line.split(': ');
        return [name.toLowerCase(), value];
      }),
    ),
    body,
  }),
);
if (!request || !answer) throw new Error('docs/payment-rail.md has its example');

const given: SignedAnswer = { httpStatus: 200, nonce: NONCE, body: Buffer.from(answer.body), headers: answer.headers };
const when = { nowMs: 1_773_536_400_500, maxClockSkewMs: 300_000 };

describe('the example of the wire format', () => {
  it('is signed as the document says', () => {
    const body = Buffer.from(request.body);
    const signed = signRequest(KEY, {
      method: 'POST',
      path: '/v1/debits',
      timestampMs: 1_773_536_400_000,
      nonce: NONCE,
      body,
    });
    expect(signed).toEqual(request.headers);
    expect(DOCUMENT).toContain(`the secret \`${KEY.secret}\``);
  });

  it('has an answer that is believed, and read', () => {
    expect(answerFault(KEY, given, when)).toBeUndefined();
    expect(readAnswer(given.body, 'app-77-1.instalment-2.1')).toEqual({
      status: 'settled',
      railId: 'r-5501',
      amountFen: 174_055,
      settledOn: '2026-03-15',
    });
  });

  it.each<[string, Partial<SignedAnswer>]>([
    ['another status', { httpStatus: 202 }],
    ['another request', { nonce: NONCE.replace('0', '1') }],
    ['another body', { body: Buffer.from('{}') }],
    [
      'our own signature of the request',
      { headers: { ...answer.headers, 'x-rail-signature': request.headers['x-rail-signature'] } },
    ],
    [
      'two signatures',
      { headers: { ...answer.headers, 'x-rail-signature': [String(answer.headers['x-rail-signature'])] } },
    ],
    ['a signature of another form', { headers: { ...answer.headers, 'x-rail-signature': 'sha256=00' } }],
    ['a timestamp of another form', { headers: { ...answer.headers, 'x-rail-timestamp': '1e12' } }],
  ])('%s is not believed', (_name, change) => {
    expect(answerFault(KEY, { ...given, ...change }, when)).toBeDefined();
  });

  it('another key is not believed', () => {
    expect(answerFault({ ...KEY, keyId: 'lender-2' }, given, when)).toBeDefined();
    expect(answerFault({ ...KEY, secret: `${KEY.secret}!` }, given, when)).toBeDefined();
  });
});
