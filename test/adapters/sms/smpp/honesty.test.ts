/**
 * Hundreds of messages to an SMSC that does everything wrong by chance. Whatever happens, no part arrives twice, and
 * what the provider says is so: `refused` had no part taken, `accepted` had all of them taken.
 */
import { expect, it } from '@jest/globals';
import type { SendOutcome } from '../../../../src/adapters/sms/port';
import { seeded } from '../../../../src/domain/values/random';
import { connectPair, message, PHONE, until } from './harness';
import type { Reply, Submitted } from './smscServer';

const MESSAGES = 300;

type Taken = Map<string, string[]>;

/** Takes a part as SMSCs do: what was taken stays taken, though its answer is late or lost. */
function misbehave(random: () => number, taken: Taken, submitted: Submitted, reply: Reply): void {
  const name = nameOf(submitted.text);
  const take = (answer: (id: string) => void) => {
    const ids = taken.get(name) ?? [];
    const id = `${name}.${ids.length + 1}`;
    taken.set(name, [...ids, id]);
    answer(id);
  };
  const { socket } = reply.session;
  const deeds: [share: number, deed: () => void][] = [
    [70, () => take(reply.accept)],
    [6, () => reply.refuse(0x0b)],
    [6, () => reply.refuse(0x58)],
    [4, () => {}],
    [4, () => take(() => {})],
    [4, () => take((id) => setTimeout(() => reply.accept(id), 150))],
    [2, () => setTimeout(() => reply.refuse(0x0b), 150)],
    [1, () => socket.destroy()],
    [1, () => take(() => socket.destroy())],
    [1, () => take(() => socket.write('nonsense'))],
    [1, () => take(() => reply.session.unbind())],
  ];
  let left = random() * deeds.reduce((sum, [share]) => sum + share, 0);
  for (const [share, deed] of deeds) {
    left -= share;
    if (left > 0) continue;
    deed();
    return;
  }
}

/** Every part begins with the name of its message, or is all of one letter of it. */
function nameOf(text: string): string {
  return /#\d+#/.exec(text)?.[0] ?? '';
}

function textOf(index: number): string {
  const mark = `#${index}#`;
  // A mark in each 67 units, wherever they are cut.
  return index % 4 === 0 ? mark.repeat(Math.ceil(150 / mark.length)) : mark;
}

it('an SMSC that does everything wrong gets no part twice, and is not lied about', async () => {
  const random = seeded(20_261_125).next;
  const taken: Taken = new Map();
  const { smsc, provider } = await connectPair({
    window: 5,
    responseTimeoutMs: 100,
    lateAnswerMs: 1_000,
    throttlePauseMs: 1,
    reconnectLongestMs: 5,
  });
  smsc.onSubmit = (submitted, reply) => misbehave(random, taken, submitted, reply);
  const outcomes = new Map<string, SendOutcome>();
  const work = Array.from({ length: MESSAGES }, (_, index) => index);
  const sender = async () => {
    for (let index = work.shift(); index !== undefined; index = work.shift())
      outcomes.set(`#${index}#`, await provider.send(message(textOf(index), `#${index}#`)));
  };
  await Promise.all(Array.from({ length: 12 }, sender));
  await until(() => provider.health().outstanding === 0);

  const arrivals = smsc.submitted.map(({ text, part }) => `${nameOf(text)} ${part?.number ?? 1}`);
  expect(arrivals.length).toBe(new Set(arrivals).size);
  for (const [name, outcome] of outcomes) {
    const had = taken.get(name) ?? [];
    const parts = Number(name.slice(1, -1)) % 4 === 0 ? 3 : 1;
    if (outcome.status === 'refused') expect([name, had]).toEqual([name, []]);
    if (outcome.status === 'accepted') expect([name, had]).toEqual([name, outcome.providerMessageIds]);
    const question = { reference: name, phone: PHONE, attemptedAtMs: 0, providerMessageIds: [] };
    const asked = await provider.inquire(question);
    if (outcome.status === 'unknown' && asked.status === 'found') expect(had).toEqual(asked.providerMessageIds);
    if (asked.status === 'found') expect(had).toHaveLength(parts);
    if (asked.status === 'not-found') expect([name, had]).toEqual([name, []]);
  }
  const statuses = [...outcomes.values()].map(({ status }) => status);
  // All three ways were taken, so that the rules above were asked of each.
  for (const status of ['accepted', 'refused', 'unknown'] as const)
    expect(statuses.filter((each) => each === status).length).toBeGreaterThan(10);
  expect(smsc.binds.length).toBeGreaterThan(1);
});
