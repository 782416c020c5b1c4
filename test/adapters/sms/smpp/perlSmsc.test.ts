/** The same against an SMSC on Net::SMPP for Perl, so that two errors that fit each other cannot hide. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProviderReceipt } from '../../../../src/adapters/sms/port';
import { createSmppProvider } from '../../../../src/adapters/sms/providers/smpp/provider';
import { needPeer } from '../../../setup/environment';
import { closeAfterTest, message, PASSWORD, PHONE, until } from './harness';

const TEXT = `【示例消金】${'您的账单已出,应还金额请见详情😀。'.repeat(10)}`;

interface Peer {
  port: number;
  /** What it saw, a line each. */
  lines: string[];
}

async function startPeer(): Promise<Peer> {
  const child: ChildProcess = spawn('perl', [join(__dirname, 'smsc.pl')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  closeAfterTest({
    close: async () => {
      child.kill();
      await ended;
    },
  });
  const lines: string[] = [];
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines[0]?.startsWith('port ') === true);
  return { port: Number(lines[0]?.slice('port '.length)), lines };
}

async function connect() {
  const peer = await startPeer();
  const receipts: ProviderReceipt[] = [];
  const provider = createSmppProvider(
    {
      host: '127.0.0.1',
      port: peer.port,
      systemId: 'lender',
      password: PASSWORD,
      sourceAddress: '10690000',
      idForm: 'submit-hex-receipt-decimal',
      perSecond: 10_000,
      waitMs: 20_000,
      responseTimeoutMs: 20_000,
    },
    {
      onReceipt: async (receipt) => {
        receipts.push(receipt);
      },
      onInbound: async () => {},
      onTrouble: () => {},
    },
  );
  closeAfterTest(provider);
  return { ...peer, provider, receipts };
}

describe('an SMSC of another make', () => {
  beforeAll(() => needPeer('net-smpp'));

  it('is bound to as version 3.4, asks whether we live, and sees us unbind', async () => {
    const { lines, provider } = await connect();
    await until(() => lines.includes('enquire-answered'));
    expect(lines[1]).toBe('bind lender 52');
    await provider.close();
    await until(() => lines.includes('unbind'));
  });

  it('has the text whole, and its receipts meet the ids that it gave', async () => {
    const { lines, provider, receipts } = await connect();
    const outcome = await provider.send(message(TEXT));
    const submits = () => lines.filter((line) => line.startsWith('submit '));
    // What it prints comes another way than what it answers.
    await until(() => submits().length === 3);
    const parts = submits().map((line) => line.split(' '));
    expect(parts.map(([, to, esmClass, coding]) => [to, esmClass, coding])).toEqual(
      parts.map(() => [`86${PHONE}`, '64', '8']),
    );
    const bytes = parts.map(([, , , , hex]) => Buffer.from(hex ?? '', 'hex'));
    expect(bytes.map((part) => part.subarray(4, 6).toString('hex'))).toEqual(['0301', '0302', '0303']);
    expect(bytes.map((part) => Buffer.from(part.subarray(6)).swap16().toString('utf16le')).join('')).toBe(TEXT);
    expect(outcome).toEqual({ status: 'accepted', providerMessageIds: ['160', '161', '162'] });
    await until(() => receipts.length === 3);
    expect(receipts.map(({ providerMessageId, status }) => [providerMessageId, status])).toEqual([
      ['160', 'delivered'],
      ['161', 'delivered'],
      ['162', 'delivered'],
    ]);
    await until(() => lines.includes('deliver-answered 1162 0'));
  });

  it('refuses a number, fails to deliver to another, and tells of a third when it is asked', async () => {
    const { provider, receipts } = await connect();
    expect(await provider.send({ ...message(), phone: '13800000404' })).toMatchObject({ failure: 'bad-address' });
    expect(await provider.send({ ...message(), phone: '13800000500' })).toMatchObject({ status: 'accepted' });
    await until(() => receipts.length === 1);
    expect(receipts).toMatchObject([{ providerMessageId: '160', status: 'undelivered', code: 'UNDELIV' }]);
    const question = { reference: 'x', phone: PHONE, attemptedAtMs: 0, providerMessageIds: ['161'] };
    expect(await provider.inquire(question)).toMatchObject({ status: 'found', receipt: 'delivered' });
  });
});
