/** Nudges to a gateway over HTTP: signed, without anything of the message, and honest about what was not answered. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PUSH_TITLE } from '../../../src/adapters/channels/port';
import { createPushGateway } from '../../../src/adapters/channels/pushGateway';
import { HEADERS, signRequest } from '../../../src/adapters/rails/signature';
import { type PostedNudge, startPushServer } from '../../support/pushServer';

const KEY = { keyId: 'lender-1', secret: 'not-a-real-secret-of-32-characters' };
const NUDGE = { reference: '0d6ff8a1-1111-4222-8333-444455556666.2', token: 'token-of-a-device' };
const NOW_MS = Date.UTC(2026, 6, 7, 2);

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function startGateway(answer: (response: ServerResponse) => void) {
  const server = await startPushServer(answer);
  closing.push(server.close);
  const { posted, url } = server;
  return { posted, push: createPushGateway({ ...KEY, url, now: () => NOW_MS, totalTimeoutMs: 300 }) };
}

it('is one signed request with a reference, a token and the same title always', async () => {
  const { posted, push } = await startGateway((response) => response.writeHead(202).end('{}'));
  expect(await push.send(NUDGE)).toEqual({ status: 'accepted', providerMessageIds: [NUDGE.reference] });
  expect(posted).toHaveLength(1);
  const { path = '', headers, body } = posted[0] as PostedNudge;
  expect(JSON.parse(body.toString('utf8'))).toEqual({ ...NUDGE, title: PUSH_TITLE });
  expect(PUSH_TITLE).not.toMatch(/\d|元|借款|月付/);
  const nonce = String(headers[HEADERS.nonce]);
  const signed = signRequest(KEY, { method: 'POST', path, timestampMs: NOW_MS, nonce, body });
  expect(headers).toMatchObject(signed);
  expect(JSON.stringify(push)).not.toContain(KEY.secret);
});

describe('an answer', () => {
  it.each([
    [410, 'bad-address'],
    [404, 'bad-address'],
    [401, 'account-stop'],
    [422, 'config-bug'],
    [503, 'transient'],
  ])('%i is a refusal: %s', async (httpStatus, failure) => {
    const { push } = await startGateway((response) => response.writeHead(httpStatus).end('token-of-a-device'));
    const outcome = await push.send(NUDGE);
    expect(outcome).toMatchObject({ status: 'refused', failure, code: `http-${httpStatus}` });
    expect(JSON.stringify(outcome)).not.toContain(NUDGE.token);
  });

  it.each([500, 502, 302, 204])('%i leaves it in doubt, and is not followed', async (httpStatus) => {
    const { posted, push } = await startGateway((response) =>
      response.writeHead(httpStatus, { location: '/elsewhere' }).end(),
    );
    expect((await push.send(NUDGE)).status).toBe('unknown');
    expect(posted).toHaveLength(1);
  });

  it('that does not come leaves it in doubt, within its bound', async () => {
    const { posted, push } = await startGateway(() => undefined);
    expect(await push.send(NUDGE)).toEqual({ status: 'unknown', detail: 'no whole answer within 300 ms' });
    expect(posted).toHaveLength(1);
  });
});
