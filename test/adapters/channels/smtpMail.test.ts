/** E-mail against a real mail server: what it takes and refuses, and what is in doubt when it says nothing. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SMTPServerOptions } from 'smtp-server';
import type { MailMessage } from '../../../src/adapters/channels/port';
import { createSmtpMail, type SmtpMailOptions } from '../../../src/adapters/channels/smtpMail';
import { certificateFor } from '../../support/certificate';
import { type ArrivedMail, headerOf, smtpError, startMailServer, textOf } from '../../support/mailServer';

const MESSAGE: MailMessage = {
  reference: '0d6ff8a1-1111-4222-8333-444455556666.2',
  to: 'lin@mail.example',
  subject: '【示例消金】账户通知',
  text: '【示例消金】您的借款本期应还1,025.50元，7月10日到期。',
  atMs: Date.UTC(2026, 6, 7, 2),
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startServer(options?: SMTPServerOptions) {
  const server = await startMailServer(options);
  closing.push(server.close);
  return server;
}

function mailTo(port: number, options: Partial<SmtpMailOptions> = {}) {
  return createSmtpMail({
    host: '127.0.0.1',
    port,
    security: 'none' as const,
    from: 'notice@lender.example',
    fromName: '示例消金',
    connectTimeoutMs: 2_000,
    answerTimeoutMs: 1_000,
    totalTimeoutMs: 4_000,
    ...options,
  });
}

it('what the server takes is accepted under our reference, and says what we said', async () => {
  const { arrived, port } = await startServer();
  const outcome = await mailTo(port).send(MESSAGE);
  const messageId = `${MESSAGE.reference}@lender.example`;
  expect(outcome).toEqual({ status: 'accepted', providerMessageIds: [messageId] });
  expect(arrived).toHaveLength(1);
  const mail = arrived[0] as ArrivedMail;
  expect(mail).toMatchObject({ from: 'notice@lender.example', to: [MESSAGE.to] });
  expect(headerOf(mail, 'Message-ID')).toBe(`<${messageId}>`);
  expect(headerOf(mail, 'Date')).toBe('Tue, 07 Jul 2026 02:00:00 +0000');
  expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated');
  expect(headerOf(mail, 'Content-Transfer-Encoding')).toBe('base64');
  expect(textOf(mail)).toBe(MESSAGE.text);
});

describe('a refusal', () => {
  it.each([
    ['a recipient for good', { onRcptTo: (_a, _s, done) => done(smtpError(550)) }, 'bad-address', 'smtp-550'],
    ['a recipient for now', { onRcptTo: (_a, _s, done) => done(smtpError(451)) }, 'transient', 'smtp-451'],
    [
      'to relay, which is our fault and not the address’s',
      { onRcptTo: (_a, _s, done) => done(smtpError(554, '5.7.1 relay access denied')) },
      'account-stop',
      'smtp-554-5.7.1',
    ],
    ['a sender', { onMailFrom: (_a, _s, done) => done(smtpError(553)) }, 'account-stop', 'smtp-553'],
    [
      'the content for good',
      { onData: (stream, _s, done) => void stream.resume().on('end', () => done(smtpError(554))) },
      'config-bug',
      'smtp-554',
    ],
    [
      'the content for now',
      { onData: (stream, _s, done) => void stream.resume().on('end', () => done(smtpError(452))) },
      'transient',
      'smtp-452',
    ],
    ['more than it announced to take', { size: 10 }, 'config-bug', 'too-large'],
  ] as [string, SMTPServerOptions, string, string][])('of %s', async (_case, options, failure, code) => {
    const { port } = await startServer(options);
    expect(await mailTo(port).send(MESSAGE)).toMatchObject({ status: 'refused', failure, code });
  });

  it('of our credentials stops the channel and repeats neither them nor the address', async () => {
    const { arrived, port } = await startServer({
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        username === 'lender' && password === 'right-pw' ? done(null, { user: username }) : done(smtpError(535)),
    });
    const outcome = await mailTo(port, { username: 'lender', password: 'wrong-pw' }).send(MESSAGE);
    expect(outcome).toMatchObject({ status: 'refused', failure: 'account-stop', code: 'smtp-535' });
    expect(JSON.stringify(outcome)).not.toMatch(/wrong-pw|lin@/);
    expect(await mailTo(port).send(MESSAGE)).toMatchObject({ failure: 'account-stop', code: 'smtp-530' });
    expect(arrived).toHaveLength(0);
    const right = mailTo(port, { username: 'lender', password: 'right-pw' });
    expect((await right.send(MESSAGE)).status).toBe('accepted');
    expect(JSON.stringify(right)).not.toContain('right-pw');
  });

  it('for want of a connection tells nobody the content', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: nobody } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await mailTo(nobody).send(MESSAGE)).toMatchObject({ status: 'refused', failure: 'transient' });
  });

  it('of an address that could smuggle in a second one needs no server', async () => {
    for (const to of [
      'lin@mail.example\r\nRCPT TO:<x@y.example>',
      'a@b.example,c@d.example',
      'lin',
      '<lin@mail.example>',
    ]) {
      expect(await mailTo(1).send({ ...MESSAGE, to })).toMatchObject({ status: 'refused', failure: 'bad-address' });
    }
  });
});

describe('TLS', () => {
  const LOGIN = { username: 'lender', password: 'right-pw' };
  /** A server that takes a login over TLS alone, and counts them. */
  async function startSecure(alternative: string, isWrapped: boolean) {
    const files = certificateFor(alternative);
    const logins: (string | undefined)[] = [];
    const server = await startServer({
      ...files,
      secure: isWrapped,
      authOptional: false,
      allowInsecureAuth: false,
      onAuth({ username }, _session, done) {
        logins.push(username);
        done(null, { user: username });
      },
    });
    return { ...server, logins, caPem: files.cert };
  }

  it.each([
    ['tls', true],
    ['starttls', false],
  ] as const)('%s carries login and content to the server of the certificate', async (security, isWrapped) => {
    const { port, arrived, logins, caPem } = await startSecure('IP:127.0.0.1', isWrapped);
    expect((await mailTo(port, { security, caPem, ...LOGIN }).send(MESSAGE)).status).toBe('accepted');
    expect([arrived.length, logins]).toEqual([1, ['lender']]);
  });

  it.each([
    ['tls', 'an authority that we do not know', 'IP:127.0.0.1', false],
    ['starttls', 'an authority that we do not know', 'IP:127.0.0.1', false],
    ['tls', 'another name', 'DNS:other.example', true],
    ['starttls', 'another name', 'DNS:other.example', true],
  ] as const)('%s gives neither to a server of %s', async (security, _what, alternative, isKnown) => {
    const { port, arrived, logins, caPem } = await startSecure(alternative, security === 'tls');
    const mail = mailTo(port, { security, ...LOGIN, ...(isKnown ? { caPem } : {}) });
    expect(await mail.send(MESSAGE)).toMatchObject({ status: 'refused', failure: 'transient' });
    expect([arrived.length, logins]).toEqual([0, []]);
  });

  it('that is not offered is not done without', async () => {
    const { port, arrived } = await startServer({ disabledCommands: ['STARTTLS'] });
    const downgraded = await mailTo(port, { security: 'starttls' }).send(MESSAGE);
    expect(downgraded).toMatchObject({ status: 'refused', failure: 'account-stop' });
    expect(arrived).toHaveLength(0);
  });
});

describe('in doubt', () => {
  it('is content that was not answered', async () => {
    const { port } = await startServer({ onData: (stream) => void stream.resume() });
    expect(await mailTo(port).send(MESSAGE)).toEqual({ status: 'unknown', detail: expect.stringMatching(/ETIMEDOUT/) });
  });

  it('is content after which the connection broke', async () => {
    const sockets: Socket[] = [];
    const { port } = await startServer({
      onData: (stream) => void stream.resume().on('end', () => sockets.forEach((socket) => void socket.destroy())),
    });
    // Passes bytes on, so that the connection can be cut from outside.
    const relay = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      sockets.push(near, far);
      near
        .on('error', () => undefined)
        .pipe(far.on('error', () => undefined))
        .pipe(near);
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    closing.unshift(async () => relay.close());
    const outcome = await mailTo((relay.address() as AddressInfo).port).send(MESSAGE);
    expect(outcome).toEqual({ status: 'unknown', detail: expect.stringMatching(/ECONNECTION|ESOCKET/) });
  });

  it('is not silence before the content: that is a refusal', async () => {
    const mute = await startServer({ onRcptTo: () => undefined });
    expect(await mailTo(mute.port).send(MESSAGE)).toMatchObject({ status: 'refused', failure: 'transient' });
  });
});
