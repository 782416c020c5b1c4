/** Receipts and texts that the SMSC delivers: read as they come, kept before they are answered, forged by nobody. */
import { describe, expect, it } from '@jest/globals';
import type { ProviderReceipt } from '../../../../src/adapters/sms/port';
import { readDelivery } from '../../../../src/adapters/sms/providers/smpp/frames';
import { createSmppProvider } from '../../../../src/adapters/sms/providers/smpp/provider';
import { isReceipt, parseReceipt } from '../../../../src/adapters/sms/providers/smpp/receipts';
import { seeded } from '../../../../src/domain/values/random';
import { closeAfterTest, connectPair, message, PHONE, until } from './harness';
import { PDU, type ReceiptScript, receiptFields } from './smscServer';

const OPTIONS = { idForm: 'same', undeliveredWords: ['MBBLACK'] } as const;

function parse(script: ReceiptScript): ProviderReceipt | undefined {
  return parseReceipt(readDelivery(new PDU('deliver_sm', receiptFields(script)).toBuffer()), OPTIONS);
}

describe('a state', () => {
  it.each([
    ['DELIVRD', 2, 'delivered'],
    ['EXPIRED', 3, 'undelivered'],
    ['DELETED', 4, 'undelivered'],
    ['UNDELIV', 5, 'undelivered'],
    ['REJECTD', 8, 'undelivered'],
    ['ACCEPTD', 6, 'pending'],
    ['ENROUTE', 1, 'pending'],
    ['UNKNOWN', 7, 'pending'],
  ])('%s is the same by word, by parameter (%i), or by both: %s', (stat, state, status) => {
    for (const script of [{ stat }, { state }, { stat, state }])
      expect(parse({ id: 'm-1_x', ...script })).toMatchObject({ providerMessageId: 'm-1_x', status, code: stat });
  });

  it('of a word that nobody knows moves nothing, unless the carrier said what it means', () => {
    expect(parse({ id: '1', stat: 'MA:0001' })).toMatchObject({ status: 'pending', code: 'MA:0001' });
    expect(parse({ id: '1', stat: 'mbblack' })).toMatchObject({ status: 'undelivered', code: 'MBBLACK' });
    expect(parse({ id: '1', stat: 'MA:0001', state: 5 })).toMatchObject({ status: 'undelivered', code: 'MA:0001' });
    expect(parse({ id: '1', state: 99 })).toMatchObject({ status: 'pending', code: 'NO-STATE' });
  });

  it('that parameter and word tell differently is nobody´s knowledge', () => {
    expect(parse({ id: '1', stat: 'UNDELIV', state: 2 })).toMatchObject({
      status: 'pending',
      code: 'DELIVRD-OR-UNDELIV',
    });
  });

  it('of an intermediate notification is no end', () => {
    expect(parse({ id: '1', stat: 'UNDELIV', esmClass: 0x20 })).toMatchObject({ status: 'pending' });
  });

  it('has the carrier´s error beside it, and never so many digits that it could be a phone', () => {
    expect(parse({ id: '1', stat: 'UNDELIV', err: '069' })).toMatchObject({ code: 'UNDELIV/069' });
    expect(parse({ id: '1', stat: PHONE, err: PHONE })?.code).toBe('NO-STATE');
  });
});

describe('the text form', () => {
  it.each([
    ['commas', 'id:77,sub:001,dlvrd:001,submit date:2611250900,done date:2611250901,stat:DELIVRD,err:000,text:x'],
    ['another order and case', 'Stat:DELIVRD Err:000 ID:77 Text:'],
    ['blanks after the colons', 'id: 77 stat: DELIVRD'],
    ['equals signs and semicolons', 'id=77;stat=DELIVRD'],
    ['a zero at the end', 'id:77 stat:DELIVRD\0'],
    ['lines', 'id:77\r\nstat:DELIVRD\r\n'],
  ])('is read with %s', (_what, text) => {
    expect(parse({ id: '', text })).toMatchObject({ providerMessageId: '77', status: 'delivered' });
  });

  it('ends where the message begins: what a borrower could have written tells nothing', () => {
    expect(parse({ id: '', text: 'id:1 stat:UNDELIV err:001 text:id:2 stat:DELIVRD' })).toMatchObject({
      providerMessageId: '1',
      status: 'undelivered',
    });
    expect(parse({ id: '', text: 'id:1 text: stat:DELIVRD' })).toMatchObject({ status: 'pending' });
    expect(parse({ id: '', text: 'text:id:1 stat:DELIVRD' })).toBeUndefined();
  });

  it('names the message by the parameter first', () => {
    expect(parse({ id: 'by-tlv', state: 2, text: 'id:by-text stat:DELIVRD' })?.providerMessageId).toBe('by-tlv');
  });

  it.each([
    ['between the done date and the error', 'id:77 submit date:2611250900 done date:2611250901 DELIVRD err:000 text:x'],
    ['with commas', 'id:77,submit date:2611250900,done date:2611250901,DELIVRD,err:000,text:x'],
    ['with a date in words', 'id:77 done date:26-11-25 09:01:00 delivrd err:0'],
    ['with an underscore in its names', 'id:77 submit_date:2611250900 done_date:2611250901 DELIVRD err:000'],
    ['behind a date that is empty', 'id:77 submit date: done date: DELIVRD err:000'],
    ['with its colon left', 'id:77 done date:2611250901 :DELIVRD err:000'],
    ['with a name without its colon', 'id:77 done date:2611250901 stat DELIVRD err:000'],
    ['with the error written out', 'id:77 done date:2611250901 DELIVRD error:000'],
  ])('has a known word without its name, %s', (_what, text) => {
    expect(parse({ id: '', text })).toMatchObject({ providerMessageId: '77', status: 'delivered', code: 'DELIVRD' });
  });

  it('takes no word without a name that it does not know, or that stands elsewhere, or beside a named one', () => {
    const status = (text: string) => parse({ id: '', text })?.status;
    expect(status('id:77 done date:2611250901 UNDELIV err:012 text:')).toBe('undelivered');
    expect(status('id:77 done date:2611250901 MBBLACK err:012 text:')).toBe('undelivered');
    for (const text of [
      'id:77 done date:2611250901 ARRIVED err:000 text:',
      'id:77 DELIVRD done date:2611250901 err:000 text:',
      'id:77 done date:2611250901 err:000 DELIVRD text:',
      'id:77 done date:2611250901 text:DELIVRD err:000',
      'id:77 done date:2611250901 DELIVRD err:000 stat:ENROUTE',
      'id:77 err:000 text:done date:2611250901 DELIVRD err:000',
    ])
      expect([text, status(text)]).toEqual([text, 'pending']);
  });

  it('takes the field after an empty one for no value of it', () => {
    for (const text of [
      'id: stat:DELIVRD',
      'id:  sub:001 stat:DELIVRD',
      'id:,stat:DELIVRD',
      'id: submit date:1 stat:DELIVRD',
    ])
      expect([text, parse({ id: '', text })]).toEqual([text, undefined]);
    expect(parse({ id: '', text: 'id:7 stat: err:000 text:' })).toMatchObject({ status: 'pending', code: 'NO-STATE' });
    expect(parse({ id: '', text: 'id:stat-7 stat:DELIVRD' })).toMatchObject({ providerMessageId: 'stat-7' });
  });

  it.each([
    ['status', 'id:77 status:DELIVRD'],
    ['state', 'id:77 state:DELIVRD'],
  ])('names its state %s', (_what, text) => {
    expect(parse({ id: '', text })).toMatchObject({ providerMessageId: '77', status: 'delivered' });
  });

  it('is read in its own coding where it says the coding of the message that it is about', () => {
    const words = 'id:77 sub:001 dlvrd:001 submit date:2611250900 done date:2611250901 stat:DELIVRD err:000 text:';
    const read = (data_coding: number, short_message: Buffer, esm_class = 4) =>
      parseReceipt(readDelivery(new PDU('deliver_sm', { esm_class, data_coding, short_message }).toBuffer()), OPTIONS);
    const told = { providerMessageId: '77', status: 'delivered' };
    const wide = Buffer.from(words, 'utf16le').swap16();
    expect(read(8, Buffer.from(words))).toMatchObject(told);
    expect(read(0x18, wide)).toMatchObject(told);
    expect(read(8, wide)).toMatchObject(told);
    expect(read(0, wide)).toMatchObject(told);
  });

  it('gives a doubled receipt one name, and another state another', () => {
    const [one, same, other] = ['DELIVRD', 'DELIVRD', 'UNDELIV'].map((stat) => parse({ id: '1', stat })?.receiptKey);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });
});

/** A deliver_sm with bytes of a test's own behind its fields. */
function withTail(fields: Record<string, unknown>, tail: Buffer): Buffer {
  const frame = Buffer.concat([new PDU('deliver_sm', fields).toBuffer(), tail]);
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

/** A parameter that says a length of its own. */
function parameter(tag: number, length: number, value: string | Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, Buffer.from(value as string)]);
}

describe('what does not fit into its PDU', () => {
  const words = receiptFields({ id: '77', stat: 'DELIVRD' });
  const read = (frame: Buffer) => parseReceipt(readDelivery(frame), OPTIONS);
  const told = { providerMessageId: '77', status: 'delivered' };

  it.each([
    ['receipted_message_id that says 11 bytes and has 4', parameter(0x001e, 11, '77\0\0')],
    ['message_state that says 200 bytes', parameter(0x0427, 200, Buffer.from([5]))],
    ['a parameter of the carrier´s own', parameter(0x1400, 0xffff, 'x')],
    ['a parameter without a byte of its value', parameter(0x001e, 3, '')],
    ['half a head', Buffer.from([0x00, 0x1e, 0x00])],
  ])('is left out: %s', (_what, tail) => {
    expect(read(withTail(words, tail))).toMatchObject(told);
  });

  it('is left out, and what came before it counts', () => {
    const state = parameter(0x0427, 1, Buffer.from([2]));
    const id = parameter(0x001e, 3, '77\0');
    const fields = { ...words, short_message: Buffer.alloc(0) };
    expect(read(withTail(fields, Buffer.concat([id, state, parameter(0x1400, 9, 'x')])))).toMatchObject(told);
  });

  it('is still said to be a receipt by the SMSC, though no borrower can say so', () => {
    const fields = { ...words, esm_class: 0 };
    expect(isReceipt(readDelivery(withTail(fields, parameter(0x001e, 11, '77\0\0'))))).toBe(true);
    expect(isReceipt(readDelivery(withTail(fields, parameter(0x1400, 11, '77\0\0'))))).toBe(false);
  });

  it('is read as far as it goes: a text that says more than is there', () => {
    const frame = new PDU('deliver_sm', words).toBuffer();
    const text = String(words.short_message);
    frame[frame.length - text.length - 1] = 250;
    expect(read(frame)).toMatchObject(told);
  });

  it('is no header: a receipt that has the mark of one from the message that it is about', () => {
    expect(read(new PDU('deliver_sm', { ...words, esm_class: 4 }).toBuffer())).toMatchObject(told);
    const marked = new PDU('deliver_sm', { ...words, esm_class: 4 }).toBuffer();
    // esm_class, which the codec would put a header behind: after service type, addresses and their kinds.
    const at = marked.indexOf('10690000') + 9;
    expect(marked[at]).toBe(4);
    marked[at] = 0x44;
    expect(read(marked)).toMatchObject(told);
  });

  it('ends no session, and is answered as taken', async () => {
    const { smsc, provider, receipts, troubles } = await connectPair();
    await until(() => provider.health().isBound);
    const answered = new Promise((resolve) =>
      smsc.session.on('pdu', ({ command, command_status }) => {
        if (command === 'deliver_sm_resp') resolve(command_status);
      }),
    );
    smsc.session.socket.write(withTail({ ...words, sequence_number: 700 }, parameter(0x001e, 11, '77\0\0')));
    expect(await answered).toBe(0);
    expect(receipts).toMatchObject([told]);
    expect([troubles, provider.health().isBound]).toEqual([[], true]);
  });
});

describe('a receipt whose parameter is of no use', () => {
  it.each([
    ['an empty id', parameter(0x001e, 1, '\0')],
    ['an id that cannot be printed', parameter(0x001e, 3, '\u0001\u0002\0')],
  ])('is named by its text: %s', (_what, tail) => {
    const frame = withTail(receiptFields({ id: '77', stat: 'DELIVRD' }), tail);
    expect(parseReceipt(readDelivery(frame), OPTIONS)).toMatchObject({ providerMessageId: '77', status: 'delivered' });
  });

  it('has a state in more bytes than one', () => {
    const id = parameter(0x001e, 2, '7\0');
    for (const state of [Buffer.from([0, 2]), Buffer.from([0, 0, 0, 2])]) {
      const tail = Buffer.concat([id, parameter(0x0427, state.length, state)]);
      const frame = withTail({ esm_class: 4, short_message: Buffer.alloc(0) }, tail);
      expect(parseReceipt(readDelivery(frame), OPTIONS)).toMatchObject({ status: 'delivered', code: 'DELIVRD' });
    }
  });
});

describe('what a borrower writes', () => {
  it('is never a receipt, whatever it looks like', async () => {
    const { smsc, provider, receipts, texts } = await connectPair();
    await until(() => provider.health().isBound);
    expect(await smsc.receipt({ id: '1', stat: 'DELIVRD', esmClass: 0 })).toBe(0);
    expect(receipts).toEqual([]);
    expect(texts).toMatchObject([{ phone: PHONE, text: expect.stringContaining('stat:DELIVRD') }]);
  });

  it('reaches us as written, from a number in any form; a second delivery of it has the same key', async () => {
    let nowMs = 3_600_000 * 10;
    const { smsc, provider, texts } = await connectPair({ now: () => nowMs });
    await until(() => provider.health().isBound);
    const write = (source: string, text: string) => {
      const short = Buffer.from(text, 'utf16le').swap16();
      return smsc.deliver({ source_addr: source, destination_addr: '1069', data_coding: 8, short_message: short });
    };
    const spaced = ['0086 138 0000 0000', '+86-138-0000-0000', ' 86 13800000000'];
    const sources = [PHONE, `86${PHONE}`, `+86${PHONE}`, `0086${PHONE}`, ...spaced];
    for (const source of sources) await write(source, '退订😀');
    expect(texts.map(({ phone, text }) => [phone, text])).toEqual(sources.map(() => [PHONE, '退订😀']));
    expect(new Set(texts.map(({ messageKey }) => messageKey)).size).toBe(1);
    await write(PHONE, '另一条');
    nowMs += 3_600_000;
    await write(PHONE, '退订😀');
    expect(new Set(texts.map(({ messageKey }) => messageKey)).size).toBe(3);
  });

  it('from elsewhere is rejected, and said without the number', async () => {
    const { smsc, provider, texts, troubles } = await connectPair();
    await until(() => provider.health().isBound);
    const fields = { source_addr: '447900000000', destination_addr: '1069', short_message: Buffer.from('R') };
    expect(await smsc.deliver(fields)).toBe(0x66);
    expect(texts).toEqual([]);
    expect(troubles.join()).not.toContain('4479');
  });
});

describe('a delivery', () => {
  it('is answered only after it is kept', async () => {
    let keep = () => {};
    const kept: string[] = [];
    const onReceipt = ({ code }: ProviderReceipt) =>
      new Promise<void>((resolve) => {
        keep = () => {
          kept.push(code);
          resolve();
        };
      });
    const { smsc, provider } = await connectPair({}, { onReceipt });
    await until(() => provider.health().isBound);
    let answer: number | undefined;
    const answered = smsc.receipt({ id: '1', stat: 'DELIVRD' }).then((status) => {
      answer = status;
    });
    // Something later on the same connection is answered meanwhile: this one waits for its handler and nothing else.
    await new Promise<void>((resolve) => smsc.session.enquire_link(() => resolve()));
    expect([answer, kept]).toEqual([undefined, []]);
    keep();
    await answered;
    expect([answer, kept]).toEqual([0, ['DELIVRD']]);
  });

  it('that could not be kept is asked for again, and what failed is not told', async () => {
    let failures = 1;
    const kept: string[] = [];
    const onReceipt = async ({ providerMessageId }: ProviderReceipt) => {
      if (failures-- > 0) throw new Error(`no database for ${PHONE}`);
      kept.push(providerMessageId);
    };
    const { smsc, provider, troubles } = await connectPair({}, { onReceipt });
    await until(() => provider.health().isBound);
    expect(await smsc.receipt({ id: '9', stat: 'DELIVRD' })).toBe(0x64);
    expect(await smsc.receipt({ id: '9', stat: 'DELIVRD' })).toBe(0);
    expect(kept).toEqual(['9']);
    expect(troubles.join()).not.toContain(PHONE);
  });

  it('may come before the answer to its submit, twice, and in the other base', async () => {
    const { smsc, provider, receipts } = await connectPair({ idForm: 'submit-hex-receipt-decimal' });
    smsc.onSubmit = async (_submitted, { accept }) => {
      for (let times = 0; times < 2; times += 1) await smsc.receipt({ id: '6699', stat: 'DELIVRD' });
      accept('1A2B');
    };
    expect(await provider.send(message())).toEqual({ status: 'accepted', providerMessageIds: ['6699'] });
    expect(receipts.map(({ providerMessageId, status }) => [providerMessageId, status])).toEqual(
      Array(2).fill(['6699', 'delivered']),
    );
    expect(new Set(receipts.map(({ receiptKey }) => receiptKey)).size).toBe(1);
  });

  it('may come as data_sm', async () => {
    const { smsc, provider, receipts } = await connectPair();
    await until(() => provider.health().isBound);
    const { source_addr, destination_addr, esm_class, short_message } = receiptFields({ id: '5_a', stat: 'EXPIRED' });
    const addresses = { source_addr, destination_addr, esm_class };
    for (const fields of [{ message_payload: short_message }, { receipted_message_id: '5_a', message_state: 3 }]) {
      const status = await new Promise((resolve) =>
        smsc.session.send(new PDU('data_sm', { ...addresses, ...fields }), (answer) =>
          resolve([answer.command, answer.command_status]),
        ),
      );
      expect(status).toEqual(['data_sm_resp', 0]);
    }
    expect(receipts.map(({ providerMessageId, status }) => [providerMessageId, status])).toEqual(
      Array(2).fill(['5_a', 'undelivered']),
    );
  });

  it('that names no message, or cannot be read, is rejected, and the session lives on', async () => {
    const { smsc, provider, receipts } = await connectPair();
    await until(() => provider.health().isBound);
    expect(await smsc.deliver({ esm_class: 4, short_message: Buffer.from('nothing') })).toBe(0x66);
    const broken = new PDU('deliver_sm', { ...receiptFields({ id: '1', stat: 'DELIVRD' }), sequence_number: 400 });
    const frame = broken.toBuffer().subarray(0, 40);
    frame.writeUInt32BE(40, 0);
    smsc.session.socket.write(frame);
    // The codec would throw on this date and leave its session deaf.
    const dated = { ...receiptFields({ id: '2', stat: 'DELIVRD' }), schedule_delivery_time: 'R' };
    expect(await smsc.deliver({ ...dated, schedule_delivery_time: 'XXXXXXXXXXXXXXXR' })).toBe(0);
    expect(receipts.map(({ providerMessageId }) => providerMessageId)).toEqual(['2']);
    expect(provider.health()).toMatchObject({ isBound: true, binds: 1 });
  });

  it('that cannot be read is kept raw before it is rejected, and asked for again where that fails', async () => {
    const kept: string[] = [];
    let isDown = true;
    const onUnreadable = async ({ fault, raw }: { fault: string; raw: string }) => {
      if (isDown) throw new Error(`no database for ${PHONE}`);
      kept.push(`${fault}: ${Buffer.from(raw, 'hex').toString('latin1')}`);
    };
    const { smsc, provider, troubles } = await connectPair({}, { onUnreadable });
    await until(() => provider.health().isBound);
    const nameless = { esm_class: 4, short_message: Buffer.from('id: stat:DELIVRD') };
    expect(await smsc.deliver(nameless)).toBe(0x64);
    isDown = false;
    expect(await smsc.deliver(nameless)).toBe(0x66);
    expect(kept).toEqual([expect.stringMatching(/^a receipt that names no message was rejected: .*id: stat:DELIVRD/s)]);
    expect(troubles.join()).not.toContain(PHONE);
  });

  it('of a session says which it is: another provider at the same account, another session', async () => {
    const { smsc, provider, receipts, port } = await connectPair();
    await until(() => provider.health().isBound);
    await smsc.receipt({ id: '1', stat: 'DELIVRD' });
    expect(receipts).toMatchObject([{ providerMessageId: '1', session: provider.session }]);
    const same = { host: '127.0.0.1', port, systemId: 'lender', password: 'not-real', sourceAddress: '10690000' };
    const handlers = { onReceipt: async () => {}, onInbound: async () => {}, onTrouble: () => {} };
    const other = createSmppProvider(same, handlers);
    const elsewhere = createSmppProvider({ ...same, systemId: 'lender-2' }, handlers);
    const counting = createSmppProvider({ ...same, idsPerSession: true }, handlers);
    for (const each of [other, elsewhere, counting]) closeAfterTest(each);
    const accountOf = (session: string) => session.split('.')[0];
    expect(other.session).not.toBe(provider.session);
    expect(accountOf(other.session)).toBe(accountOf(provider.session));
    expect(accountOf(elsewhere.session)).not.toBe(accountOf(provider.session));
    expect(accountOf(counting.session)).not.toBe(accountOf(provider.session));
    expect(provider.session).toMatch(/^[0-9a-f]{12}\.[0-9a-f]{12}$/);
  });
});

describe('100,000 mutated receipts', () => {
  const SEEDS = [
    { id: 'm-1', stat: 'DELIVRD' },
    { id: 'm-1', stat: 'UNDELIV', state: 5 },
    { id: 'm-1', state: 2 },
    { id: 'm-1', text: 'id:m-1,sub:001,stat:REJECTD,err:009,text:id:m-2 stat:DELIVRD' },
    { id: 'm-1', stat: 'ENROUTE', state: 1 },
  ].map((script) => new PDU('deliver_sm', receiptFields(script)).toBuffer());

  /** The words and states of the tables, written again: the parser is not asked about itself. */
  const SAYS = {
    delivered: { words: /DELIVRD|DELIVERED/i, state: [2] },
    undelivered: { words: /EXPIRED|DELETED|UNDELIV|REJECTD|REJECTED|NOROUTE|MBBLACK/i, state: [3, 4, 5, 8] },
  };

  function mutate(random: () => number): Buffer {
    const frame = Buffer.from(SEEDS[Math.floor(random() * SEEDS.length)] as Buffer);
    for (let count = Math.floor(random() * 6); count >= 0; count -= 1) {
      const at = 16 + Math.floor(random() * (frame.length - 16));
      if (random() < 0.5) frame[at] = Math.floor(random() * 256);
      else frame[at] = (frame[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      if (random() < 0.1) frame.copyWithin(at, 16 + Math.floor(random() * (frame.length - 16)));
    }
    return random() < 0.1 ? frame.subarray(0, 16 + Math.floor(random() * (frame.length - 16))) : frame;
  }

  it('neither break the parser nor tell an end that is not in them', () => {
    const seed = 20_261_125;
    const random = seeded(seed).next;
    const seen = { unreadable: 0, nameless: 0, pending: 0, delivered: 0, undelivered: 0 };
    for (let round = 0; round < 100_000; round += 1) {
      const frame = mutate(random);
      let delivery: ReturnType<typeof readDelivery>;
      try {
        delivery = readDelivery(frame);
      } catch (error) {
        expect((error as Error).name).toBe('MalformedFrame');
        seen.unreadable += 1;
        continue;
      }
      isReceipt(delivery);
      const receipt = parseReceipt(delivery, OPTIONS);
      seen[receipt?.status ?? 'nameless'] += 1;
      if (receipt === undefined || receipt.status === 'pending') continue;
      const told = SAYS[receipt.status];
      const text = (delivery.message.toString('latin1').split(/[\s,;]text[:=]/i)[0] ?? '').replaceAll('\0', '');
      const state = delivery.tlvs.get(0x0427)?.[0] ?? -1;
      if (!told.words.test(text) && !told.state.includes(state))
        throw new Error(`round ${round} of seed ${seed}: ${receipt.status} of ${frame.toString('hex')}`);
    }
    // Every way out was taken: the mutations are neither too tame nor too wild.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1_000);
  });
});
