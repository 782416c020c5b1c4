/** What becomes of a message at an SMSC that answers, refuses, stays silent or goes away. Never sent twice. */
import { describe, expect, it } from '@jest/globals';
import { connectPair, message, PHONE, until } from './harness';
import { PDU, reassemble } from './smscServer';

const LONG = `【示例消金】${'尊敬的客户,您的账单已出😀。'.repeat(12)}`;

describe('a message that is taken', () => {
  it('goes out once, as UCS-2 with a receipt asked for, and has the id of the SMSC', async () => {
    const { smsc, provider } = await connectPair({ validityMinutes: 2 * 1_440 + 3 * 60 + 4, sourceTon: 3 });
    smsc.onSubmit = (_submitted, reply) => reply.accept('A-1_b');
    expect(await provider.send(message())).toEqual({ status: 'accepted', providerMessageIds: ['A-1_b'] });
    const [{ to, text, pdu }] = smsc.submitted as [(typeof smsc.submitted)[0]];
    expect({ to, text, count: smsc.submitted.length }).toEqual({
      to: `86${PHONE}`,
      text: '【示例消金】您好',
      count: 1,
    });
    expect(pdu).toMatchObject({ data_coding: 8, registered_delivery: 1, esm_class: 0, source_addr_ton: 3 });
    expect(pdu).toMatchObject({ dest_addr_ton: 1, dest_addr_npi: 1, source_addr: '10690000' });
    expect(smsc.binds[0]).toMatchObject({ interface_version: 0x34, system_id: 'lender' });
  });

  it('in several parts arrives whole, emoji included, with an id for each part', async () => {
    const { smsc, provider } = await connectPair();
    const outcome = await provider.send(message(LONG));
    expect(smsc.submitted.length).toBe(Math.ceil(LONG.length / 67));
    expect(outcome).toEqual({ status: 'accepted', providerMessageIds: ['1', '2', '3'] });
    expect(reassemble(smsc.submitted)).toBe(LONG);
    expect(new Set(smsc.submitted.map(({ part }) => part?.reference)).size).toBe(1);
    expect(smsc.submitted.map(({ part }) => part?.number)).toEqual([1, 2, 3]);
    for (const { pdu, part } of smsc.submitted) expect([pdu.esm_class, part?.total]).toEqual([0x40, 3]);
  });

  it('waits for the bind, so that the first message after a start is not refused', async () => {
    const { smsc, provider } = await connectPair();
    expect(smsc.binds).toHaveLength(0);
    expect(await provider.send(message())).toMatchObject({ status: 'accepted' });
  });
});

describe('a message that is refused', () => {
  const CASES: [status: number, failure: string, code: string, isAboutMessage: boolean][] = [
    [0x0b, 'bad-address', 'ESME_RINVDSTADR', true],
    [0x58, 'windowed', 'ESME_RTHROTTLED', false],
    [0x14, 'transient', 'ESME_RMSGQFUL', false],
    [0x08, 'transient', 'ESME_RSYSERR', false],
    [0x05, 'transient', 'ESME_RALYBND', false],
    [0x04, 'transient', 'ESME_RINVBNDSTS', false],
    [0x0d, 'transient', 'ESME_RBINDFAIL', false],
    [0x45, 'transient', 'ESME_RSUBMITFAIL', true],
    [0x0a, 'account-stop', 'ESME_RINVSRCADR', false],
    [0x01, 'config-bug', 'ESME_RINVMSGLEN', true],
    [0x43, 'config-bug', 'ESME_RINVESMCLASS', true],
    [0x0401, 'transient', '0x00000401', true],
  ];
  it.each(CASES)('with status %i is %s: %s; about the message: %s', async (status, failure, code, isAboutMessage) => {
    const { smsc, provider } = await connectPair({ throttlePauseMs: 0 });
    smsc.onSubmit = (_submitted, reply) => reply.refuse(status);
    expect(await provider.send(message())).toMatchObject({ status: 'refused', failure, code, isAboutMessage });
    expect(smsc.submitted).toHaveLength(1);
  });

  it('by a generic_nack is refused too', async () => {
    const { smsc, provider } = await connectPair();
    smsc.onSubmit = ({ pdu }, { session }) => {
      const nack = Buffer.alloc(16);
      [16, 0x80000000, 2, pdu.sequence_number].forEach((word, index) => {
        nack.writeUInt32BE(word, index * 4);
      });
      session.socket.write(nack);
    };
    expect(await provider.send(message())).toMatchObject({ status: 'refused', code: 'ESME_RINVCMDLEN' });
  });

  it('at the first part is refused with nothing of it sent', async () => {
    const { smsc, provider } = await connectPair();
    smsc.onSubmit = (_submitted, reply) => reply.refuse(0x0b);
    expect(await provider.send(message(LONG))).toMatchObject({ status: 'refused', failure: 'bad-address' });
    expect(smsc.submitted).toHaveLength(1);
  });

  it('here never reaches the SMSC: a foreign number, no text, too long a text', async () => {
    const { smsc, provider } = await connectPair({ maxParts: 2 });
    expect(await provider.send({ ...message(), phone: '+4479000' })).toMatchObject({ failure: 'bad-address' });
    expect(await provider.send(message(''))).toMatchObject({ failure: 'config-bug', code: 'EMPTY_TEXT' });
    expect(await provider.send(message(LONG))).toMatchObject({ failure: 'config-bug', code: 'TOO_LONG' });
    expect(smsc.submitted).toHaveLength(0);
  });
});

describe('a message in doubt', () => {
  it('is one that is written and not answered in time', async () => {
    const { smsc, provider } = await connectPair({ responseTimeoutMs: 100 });
    smsc.onSubmit = () => {};
    const outcome = await provider.send(message());
    expect(outcome).toEqual({ status: 'unknown', detail: 'submit_sm was written: no answer within 100 ms' });
    await until(() => smsc.submitted.length > 0);
    expect(smsc.submitted).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'is one whose connection drops %s the answer is written, and it is not sent again',
    async (when) => {
      const { smsc, provider, troubles } = await connectPair();
      smsc.onSubmit = (_submitted, { session, accept }) => {
        if (when === 'before the answer') session.socket.destroy();
        else {
          // Corked: the answer is given to the socket and never leaves it.
          session.socket.cork();
          accept();
          session.socket.destroy();
        }
      };
      expect(await provider.send(message())).toMatchObject({ status: 'unknown' });
      await until(() => smsc.binds.length === 2);
      smsc.onSubmit = (_submitted, reply) => reply.accept('next');
      expect(await provider.send(message('【示例消金】另一条'))).toMatchObject({ providerMessageIds: ['next'] });
      expect(smsc.submitted.map(({ text }) => text)).toEqual(['【示例消金】您好', '【示例消金】另一条']);
      expect(troubles.length).toBeGreaterThan(0);
    },
  );

  it('is accepted when the answer came whole before the connection dropped', async () => {
    const { smsc, provider } = await connectPair();
    smsc.onSubmit = (_submitted, { session, accept }) => {
      accept('last-words');
      session.socket.end();
    };
    expect(await provider.send(message())).toEqual({ status: 'accepted', providerMessageIds: ['last-words'] });
  });

  it.each([
    ['refused', 'part 2 of 3: refused with ESME_RTHROTTLED; the parts before it were taken'],
    ['silent', 'part 2 of 3: no answer within 1500 ms; the parts before it were taken'],
  ])('is one whose second part is %s: neither the part nor the rest is sent', async (how, detail) => {
    const { smsc, provider } = await connectPair({ responseTimeoutMs: how === 'silent' ? 1_500 : 20_000 });
    smsc.onSubmit = ({ part }, reply) => {
      if (part?.number !== 2) reply.accept();
      else if (how === 'refused') reply.refuse(0x58);
    };
    expect(await provider.send(message(LONG))).toEqual({ status: 'unknown', detail });
    expect(smsc.submitted.map(({ part }) => part?.number)).toEqual([1, 2]);
  });

  it.each(['04270064', '02100005', '001e000b37370000'])(
    'is none where the id comes before a parameter that does not fit into its PDU: %s',
    async (tail) => {
      const { smsc, provider } = await connectPair();
      smsc.onSubmit = ({ pdu }, { session }) => {
        const frame = Buffer.concat([pdu.response({ message_id: 'm-7' }).toBuffer(), Buffer.from(tail, 'hex')]);
        frame.writeUInt32BE(frame.length, 0);
        session.socket.write(frame);
      };
      expect(await provider.send(message())).toEqual({ status: 'accepted', providerMessageIds: ['m-7'] });
    },
  );

  it.each(['', ' ', '\u0007'])('is one that was taken without an id: "%s"', async (id) => {
    const { smsc, provider, troubles } = await connectPair();
    smsc.onSubmit = (_submitted, reply) => reply.accept(id);
    expect(await provider.send(message())).toEqual({ status: 'unknown', detail: 'taken without a message id' });
    expect(troubles).toEqual(['a message was taken without a message id']);
  });

  it('is one whose parts were taken under one id: their receipts could not be told apart', async () => {
    const { smsc, provider, troubles } = await connectPair();
    smsc.onSubmit = (_submitted, reply) => reply.accept('7');
    const detail = 'part 2 of 3: taken under the id of a part before it';
    expect(await provider.send(message(LONG))).toEqual({ status: 'unknown', detail });
    expect(troubles).toEqual(['a message was taken under the id of a part before it']);
  });

  it('is one that is answered as if it were another question, which ends the connection', async () => {
    const { smsc, provider, troubles } = await connectPair();
    smsc.onSubmit = ({ pdu }, { session }) =>
      session.send(
        new PDU('query_sm_resp', { message_id: '1', message_state: 2, sequence_number: pdu.sequence_number }),
      );
    expect(await provider.send(message())).toMatchObject({ status: 'unknown' });
    expect(troubles).toEqual(['the SMSC answered another question']);
    await until(() => smsc.binds.length === 2);
  });

  it('is one that is answered with garbage, which ends the connection', async () => {
    const { smsc, provider, troubles } = await connectPair();
    smsc.onSubmit = (_submitted, { session }) => session.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await provider.send(message())).toMatchObject({ status: 'unknown' });
    expect(troubles[0]).toMatch(/not SMPP/);
    await until(() => smsc.binds.length === 2);
  });
});

describe('a late answer', () => {
  const late = async (answer: 'accept' | 'refuse') => {
    const pair = await connectPair({ responseTimeoutMs: 50 });
    let reply = () => {};
    pair.smsc.onSubmit = (_submitted, { accept, refuse }) => {
      reply = () => (answer === 'accept' ? accept('late-1') : refuse(0x0b));
    };
    expect(await pair.provider.send(message(undefined, 'late'))).toMatchObject({ status: 'unknown' });
    const question = { reference: 'late', phone: PHONE, attemptedAtMs: 0, providerMessageIds: [] };
    expect(await pair.provider.inquire(question)).toMatchObject({ status: 'unknown' });
    await until(() => pair.smsc.submitted.length === 1);
    reply();
    await until(() => pair.provider.health().outstanding === 0);
    return pair.provider.inquire(question);
  };

  it('is what an inquiry finds: taken after all', async () => {
    expect(await late('accept')).toEqual({ status: 'found', providerMessageIds: ['late-1'] });
  });

  it('or not taken', async () => {
    expect(await late('refuse')).toEqual({ status: 'not-found' });
  });

  it('of a part whose rest was never sent says nothing: the whole did not go out', async () => {
    const { smsc, provider } = await connectPair({ responseTimeoutMs: 50 });
    let reply = () => {};
    smsc.onSubmit = (_submitted, { accept }) => {
      reply = () => accept('half');
    };
    await provider.send(message(LONG, 'half'));
    await until(() => smsc.submitted.length === 1);
    reply();
    await until(() => provider.health().outstanding === 0);
    const question = { reference: 'half', phone: PHONE, attemptedAtMs: 0, providerMessageIds: [] };
    expect(await provider.inquire(question)).toMatchObject({ status: 'unknown' });
    expect(smsc.submitted).toHaveLength(1);
  });
});

describe('an inquiry', () => {
  const ask = async (
    states: Record<string, number | undefined>,
    idForm: 'same' | 'submit-hex-receipt-decimal' = 'same',
  ) => {
    const { smsc, provider } = await connectPair({ idForm });
    const asked: string[] = [];
    smsc.onQuery = ({ message_id: id }) => {
      asked.push(String(id));
      const state = states[String(id)];
      return state === undefined ? { command_status: 0x0c } : { message_id: id, message_state: state, final_date: '' };
    };
    await until(() => provider.health().isBound);
    const ids = idForm === 'same' ? Object.keys(states) : ['6699'];
    const question = { reference: 'asked', phone: PHONE, attemptedAtMs: 0, providerMessageIds: ids };
    return { outcome: await provider.inquire(question), asked };
  };

  it('tells the end only when every part has it', async () => {
    expect((await ask({ a: 2, b: 2 })).outcome).toMatchObject({ status: 'found', receipt: 'delivered' });
    expect((await ask({ a: 2, b: 1 })).outcome).toEqual({ status: 'found', providerMessageIds: ['a', 'b'] });
    expect((await ask({ a: 2, b: 5 })).outcome).toMatchObject({ status: 'found', receipt: 'undelivered' });
    expect((await ask({ a: 2, b: undefined })).outcome).toEqual({ status: 'found', providerMessageIds: ['a', 'b'] });
  });

  it('never says not-found of an id that the SMSC gave: it forgot, and a second message would go out', async () => {
    expect((await ask({ a: undefined })).outcome).toEqual({ status: 'unknown', detail: 'query_sm told nothing' });
  });

  it('asks by the form in which the SMSC gave the id', async () => {
    expect(await ask({ '1A2B': 2 }, 'submit-hex-receipt-decimal')).toMatchObject({
      outcome: { status: 'found', receipt: 'delivered' },
      asked: ['1A2B'],
    });
  });
});
