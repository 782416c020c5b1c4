/** The session: bind, window, pace, a link that is asked whether it lives, and the next connection after the last. */
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { smppSettings } from '../../../../src/adapters/sms/providers/smpp/options';
import { createSmppProvider } from '../../../../src/adapters/sms/providers/smpp/provider';
import { certificateFor } from '../../../support/certificate';
import { closeAfterTest, connectPair, message, PASSWORD, until } from './harness';
import { FakeSmsc, PDU, type Reply, receiptFields } from './smscServer';

const LONG = '字'.repeat(150);

describe('the window', () => {
  it('never has more submits without an answer than were agreed on', async () => {
    const { smsc, provider } = await connectPair({ window: 4 });
    const held: Reply[] = [];
    smsc.onSubmit = (_submitted, reply) => held.push(reply);
    const sends = Array.from({ length: 30 }, (_, index) => provider.send(message(index % 3 === 0 ? LONG : undefined)));
    for (let answered = 0; answered < 10 * 3 + 20; answered += 1) {
      await until(() => held.length > 0);
      // Answered out of order, the last first: answers are told by their number.
      held.pop()?.accept();
    }
    const outcomes = await Promise.all(sends);
    expect(outcomes.every(({ status }) => status === 'accepted')).toBe(true);
    expect(smsc.mostOutstanding).toBe(4);
    expect(smsc.submitted).toHaveLength(50);
  });

  it('keeps the place of a submit that was not answered in time, for the SMSC still counts it', async () => {
    const { smsc, provider } = await connectPair({ window: 1, responseTimeoutMs: 50, waitMs: 100 });
    await until(() => provider.health().isBound);
    const held: Reply[] = [];
    smsc.onSubmit = (_submitted, reply) => held.push(reply);
    expect(await provider.send(message())).toMatchObject({ status: 'unknown' });
    expect(await provider.send(message())).toMatchObject({ status: 'refused', failure: 'transient', code: 'FULL' });
    await until(() => held.length === 1);
    held[0]?.accept();
    await until(() => provider.health().outstanding === 0);
    smsc.onSubmit = (_submitted, reply) => reply.accept('again');
    expect(smsc.mostOutstanding).toBe(1);
  });

  it('lets later parts go before new messages', async () => {
    const { smsc, provider } = await connectPair({ window: 1 });
    await Promise.all([provider.send(message(LONG)), provider.send(message('甲')), provider.send(message('乙'))]);
    expect(smsc.submitted.map(({ part, text }) => part?.number ?? text)).toEqual([1, 2, 3, '甲', '乙']);
  });

  it('rests after the SMSC said that it is too much, and what waits too long is refused as windowed', async () => {
    const { smsc, provider } = await connectPair({ throttlePauseMs: 600_000, waitMs: 3_000 });
    smsc.onSubmit = (_submitted, reply) => reply.refuse(0x58);
    expect(await provider.send(message())).toMatchObject({ failure: 'windowed', code: 'ESME_RTHROTTLED' });
    expect(await provider.send(message())).toMatchObject({ failure: 'windowed', code: 'THROTTLED' });
    expect(smsc.submitted).toHaveLength(1);
  });

  it('rests also when the SMSC says so late', async () => {
    const { smsc, provider } = await connectPair({ throttlePauseMs: 600_000, responseTimeoutMs: 50, waitMs: 200 });
    await until(() => provider.health().isBound);
    const held: Reply[] = [];
    smsc.onSubmit = (_submitted, reply) => held.push(reply);
    expect(await provider.send(message())).toMatchObject({ status: 'unknown' });
    await until(() => held.length === 1);
    held[0]?.refuse(0x58);
    await until(() => provider.health().outstanding === 0);
    expect(await provider.send(message())).toMatchObject({ failure: 'windowed', code: 'THROTTLED' });
    expect(smsc.submitted).toHaveLength(1);
  });
});

describe('the link', () => {
  it('is asked when it is silent, and the SMSC is answered when it asks', async () => {
    const { smsc, provider } = await connectPair({ enquireLinkMs: 20 });
    await until(() => smsc.commands.filter((command) => command === 'enquire_link').length >= 3);
    expect(provider.health()).toMatchObject({ isBound: true, binds: 1 });
    await new Promise<void>((resolve) => smsc.session.enquire_link(() => resolve()));
  });

  it('ends when it does not answer, and another is opened', async () => {
    const { smsc, provider, troubles } = await connectPair({ enquireLinkMs: 40, responseTimeoutMs: 500 });
    await until(() => provider.health().isBound);
    smsc.answersEnquireLink = false;
    await until(() => smsc.binds.length >= 2);
    smsc.answersEnquireLink = true;
    expect(troubles).toContain('the SMSC does not answer enquire_link');
    await until(() => provider.health().isBound);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });

  it('lives while the SMSC says anything, though it does not answer enquire_link', async () => {
    const { smsc, provider, receipts, troubles } = await connectPair({ enquireLinkMs: 40, responseTimeoutMs: 300 });
    await until(() => provider.health().isBound);
    smsc.answersEnquireLink = false;
    const asked = () => smsc.commands.filter((command) => command === 'enquire_link').length;
    // Silent until it is asked, and then a receipt instead of an answer, three times.
    for (let round = 1; round <= 3; round += 1) {
      await until(() => asked() >= round);
      await smsc.receipt({ id: `alive-${round}`, stat: 'DELIVRD' });
    }
    await until(() => asked() >= 4);
    expect(smsc.binds).toHaveLength(1);
    expect(receipts).toHaveLength(3);
    expect(troubles).toEqual([]);
  });

  it.each([
    ['in one piece with it', async () => {}],
    ['after it', () => new Promise((resolve) => setTimeout(resolve, 30))],
  ])(
    'that the SMSC unbinds is read to its last answer, which comes %s',
    async (_when, pause: () => Promise<unknown>) => {
      const { smsc, provider } = await connectPair();
      await until(() => provider.health().isBound);
      smsc.onSubmit = async ({ pdu, text }, { session }) => {
        if (text !== '乙') return;
        const { socket } = session;
        const [first, second] = smsc.submitted.map((submitted) => submitted.pdu);
        socket.cork();
        socket.write(new PDU('unbind', { sequence_number: 900 }).toBuffer());
        socket.write((first as PDU).response({ message_id: 'with-unbind' }).toBuffer());
        process.nextTick(() => socket.uncork());
        await pause();
        socket.write((second ?? pdu).response({ message_id: 'and-the-last' }).toBuffer());
      };
      const sends = [provider.send(message('甲')), provider.send(message('乙'))];
      expect(await Promise.all(sends)).toMatchObject([
        { status: 'accepted', providerMessageIds: ['with-unbind'] },
        { status: 'accepted', providerMessageIds: ['and-the-last'] },
      ]);
      await until(() => smsc.commands.includes('unbind_resp'));
      smsc.onSubmit = (_submitted, reply) => reply.accept('next');
      expect(await provider.send(message('丙'))).toMatchObject({ providerMessageIds: ['next'] });
      expect(smsc.binds).toHaveLength(2);
    },
  );

  it('that the SMSC unbinds without the answers that it owes is given up all the same', async () => {
    const { smsc, provider, troubles } = await connectPair();
    await until(() => provider.health().isBound);
    smsc.onSubmit = (_submitted, { session }) => session.unbind();
    expect(await provider.send(message('甲'))).toMatchObject({ status: 'unknown' });
    expect(troubles).toEqual(['the SMSC unbound the session']);
  });

  it('is given up when the SMSC unbinds, with an answer, and taken up again', async () => {
    const { smsc, provider, troubles } = await connectPair();
    await until(() => provider.health().isBound);
    await new Promise<void>((resolve) => smsc.session.unbind(() => resolve()));
    await until(() => smsc.binds.length === 2 && provider.health().isBound);
    expect(troubles).toEqual(['the SMSC unbound the session']);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });

  it('answers a command that nobody knows with a generic_nack, and lives on', async () => {
    const { smsc, provider } = await connectPair();
    await until(() => provider.health().isBound);
    const strange = Buffer.alloc(16);
    [16, 0x00000777, 0, 99].forEach((word, index) => {
      strange.writeUInt32BE(word, index * 4);
    });
    smsc.session.socket.write(strange);
    await until(() => smsc.commands.includes('generic_nack'));
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });

  it.each([
    ['noise', Buffer.from('\xff\xfe\x00\x01garbage', 'latin1')],
    ['a length of nothing', Buffer.alloc(16)],
    ['an answer to another question', Buffer.from('0000001080000003000000000000000a', 'hex')],
  ])('ends on %s only when it means nothing', async (_what, bytes) => {
    const { smsc, provider } = await connectPair();
    await until(() => provider.health().isBound);
    smsc.session.socket.write(bytes);
    if (bytes.readUInt32BE(0) !== 16) await until(() => smsc.binds.length === 2);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });

  it('takes PDUs that come in pieces or several at once', async () => {
    const { smsc, provider, receipts } = await connectPair();
    await until(() => provider.health().isBound);
    const frames = ['1', '2', '3'].map((id, index) =>
      new PDU('deliver_sm', { ...receiptFields({ id, stat: 'DELIVRD' }), sequence_number: 50 + index }).toBuffer(),
    );
    const all = Buffer.concat(frames);
    for (let at = 0; at < all.length; at += 37) {
      smsc.session.socket.write(all.subarray(at, at + 37));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => receipts.length === 3);
    expect(receipts.map(({ providerMessageId }) => providerMessageId)).toEqual(['1', '2', '3']);
  });
});

describe('a session that is not bound', () => {
  it('refuses: nothing was sent for certain', async () => {
    const { smsc, provider, port } = await connectPair({ waitMs: 30 });
    await until(() => provider.health().isBound);
    await smsc.close();
    await until(() => !provider.health().isBound);
    expect(await provider.send(message())).toMatchObject({
      status: 'refused',
      failure: 'transient',
      code: 'NOT_BOUND',
    });
    expect(provider.health()).toMatchObject({ isBound: false, outstanding: 0 });
    const next = new FakeSmsc();
    await next.listen(port);
    closeAfterTest(next);
    await until(() => provider.health().isBound);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
    expect(smsc.submitted).toHaveLength(0);
  });

  it.each([
    [0x0e, 'ESME_RINVPASWD'],
    [0x0f, 'ESME_RINVSYSID'],
  ])('because the bind was refused with %i stops the account, until a bind succeeds', async (status, code) => {
    const smsc = new FakeSmsc();
    smsc.bindStatus = status;
    const { provider, troubles } = await connectPair({}, {}, smsc);
    await until(() => troubles.length > 0);
    expect(await provider.send(message())).toMatchObject({ status: 'refused', failure: 'account-stop', code });
    expect(troubles.join()).not.toContain(PASSWORD);
    smsc.bindStatus = 0;
    await until(() => provider.health().isBound);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });

  it('because of its credentials says that it is this session that was refused, and tells it once a minute', async () => {
    const smsc = new FakeSmsc();
    smsc.bindStatus = 0x0e;
    const { provider, troubles } = await connectPair({}, {}, smsc);
    await until(() => troubles.length > 0);
    expect(provider.isReady()).toBe(true);
    expect(await provider.send(message())).toMatchObject({ failure: 'account-stop', isOwnSession: true });
    expect(provider.isReady()).toBe(false);
    smsc.bindStatus = 0;
    await until(() => provider.health().isBound);
    expect(provider.isReady()).toBe(true);
  });

  it.each([
    ['the SMSC still holds the last one', 0x05],
    ['another worker has the session that is allowed', 0x0d],
  ])('because %s simply tries again, and is not ready meanwhile', async (_why, status) => {
    const smsc = new FakeSmsc();
    const first = await connectPair({}, {}, smsc);
    await until(() => first.provider.health().isBound);
    smsc.bindStatus = status;
    const options = { host: '127.0.0.1', port: first.port, systemId: 'lender', password: PASSWORD, waitMs: 20 };
    const handlers = { onReceipt: async () => {}, onInbound: async () => {}, onTrouble: () => {} };
    const reconnects = { sourceAddress: '10690000', reconnectFirstMs: 5, reconnectLongestMs: 20 };
    const second = createSmppProvider({ ...options, ...reconnects }, handlers);
    closeAfterTest(second);
    await until(() => smsc.binds.length >= 4);
    const outcome = await second.send(message());
    expect(outcome).toMatchObject({ failure: 'transient', code: 'NOT_BOUND' });
    expect(outcome).not.toHaveProperty('isAboutMessage', true);
    expect(second.isReady()).toBe(false);
    expect(first.provider.isReady()).toBe(true);
    expect(await first.provider.send(message())).toMatchObject({ status: 'accepted' });
    smsc.bindStatus = 0;
    await until(() => second.health().isBound);
    expect(second.isReady()).toBe(true);
    expect(await second.send(message())).toMatchObject({ status: 'accepted' });
  });

  it('because nobody answers the bind, or the greeting, tries again', async () => {
    const smsc = new FakeSmsc();
    smsc.answersBind = false;
    const { provider } = await connectPair({ responseTimeoutMs: 30 }, {}, smsc);
    await until(() => smsc.binds.length >= 2);
    expect(provider.health()).toMatchObject({ isBound: false, lastError: 'bind: no answer within 30 ms' });
  });
});

describe('closing', () => {
  it('waits for the answers, unbinds, and sends nothing afterwards', async () => {
    const { smsc, provider } = await connectPair();
    let answer = () => {};
    smsc.onSubmit = (_submitted, { accept }) => {
      answer = () => accept('in-time');
    };
    const sending = provider.send(message());
    await until(() => smsc.submitted.length === 1);
    const closing = provider.close();
    answer();
    expect(await sending).toMatchObject({ providerMessageIds: ['in-time'] });
    await closing;
    expect(smsc.commands.at(-1)).toBe('unbind');
    expect(await provider.send(message())).toMatchObject({ status: 'refused', code: 'CLOSED' });
    expect(smsc.submitted).toHaveLength(1);
    expect(smsc.binds).toHaveLength(1);
  });

  it('does not wait for a connection or a bind that does not come', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    const port = await new Promise<number>((resolve) =>
      mute.listen(0, '127.0.0.1', () => resolve((mute.address() as { port: number }).port)),
    );
    const options = { host: '127.0.0.1', port, systemId: 'lender', password: PASSWORD, sourceAddress: '1069' };
    const handlers = { onReceipt: async () => {}, onInbound: async () => {}, onTrouble: () => {} };
    const provider = createSmppProvider({ ...options, responseTimeoutMs: 3_600_000 }, handlers);
    await until(() => sockets.length === 1);
    await provider.close();
    mute.close();
  });
});

describe('TLS', () => {
  it('speaks with the SMSC of the certificate', async () => {
    const files = certificateFor('DNS:smsc.example');
    const tls = { caPem: files.cert, serverName: 'smsc.example' };
    const { smsc, provider } = await connectPair({ tls }, {}, new FakeSmsc(files));
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
    expect(smsc.submitted).toHaveLength(1);
  });

  it.each([
    ['an authority that we do not know', {}],
    ['another name', { isKnown: true, serverName: 'other.example' }],
  ])(
    'never gives the password to a peer of %s',
    async (_what, { isKnown, serverName }: { isKnown?: boolean; serverName?: string }) => {
      const files = certificateFor('DNS:smsc.example');
      const tls = { ...(isKnown ? { caPem: files.cert } : {}), serverName: serverName ?? 'smsc.example' };
      const { smsc, provider, troubles } = await connectPair({ tls, waitMs: 30 }, {}, new FakeSmsc(files));
      await until(() => troubles.length >= 2);
      expect(await provider.send(message())).toMatchObject({ status: 'refused', code: 'NOT_BOUND' });
      expect(smsc.binds).toHaveLength(0);
    },
  );
});

describe('options', () => {
  const GOOD = { host: 'smsc.example', port: 2775, systemId: 'lender', password: PASSWORD, sourceAddress: '1069' };
  it.each([
    ['port', { port: 0 }],
    ['systemId', { systemId: 'sixteen-letters!' }],
    ['password', { password: `${PASSWORD}\0` }],
    ['numberPrefix', { numberPrefix: 'CN' }],
    ['window', { window: 0 }],
    ['validityMinutes', { validityMinutes: 63 * 1_440 + 1 }],
    ['idForm', { idForm: 'octal' as 'hex' }],
    ['reconnectLongestMs', { reconnectFirstMs: 10, reconnectLongestMs: 9 }],
  ])('names what is wrong with %s, and no secret', (name, wrong) => {
    expect(() => smppSettings({ ...GOOD, ...wrong })).toThrow(new RegExp(`SMPP option ${name} .*write`));
    expect(() => smppSettings({ ...GOOD, ...wrong })).not.toThrow(new RegExp(PASSWORD));
  });

  it('that are left undefined are the defaults', () => {
    expect(smppSettings({ ...GOOD, window: undefined as unknown as number }).window).toBe(10);
  });
});
