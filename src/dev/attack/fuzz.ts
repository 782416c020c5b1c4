/**
 * Every write with bodies that its schema accepts and with hostile ones beside them, every path and query with hostile
 * parameters. What is accepted is stored by the real PostgreSQL, and what it was sent to takes the next payment; what is
 * not accepted does nothing; nothing is answered by a fault of ours.
 */
import type { z } from 'zod';
import { type Random, seeded } from '../../domain/values/random';
import { residentIdFault } from '../../domain/values/residentId';
import {
  accepted,
  definitionOf,
  type Mutation,
  mutationsOf,
  rawBodiesOf,
  replaced,
  shownValue,
  shuffled,
} from './bodies';
import { type Door, doorsOf } from './doors';
import { CRITICAL_TEXTS, HOSTILE_TEXTS } from './hostileValues';
import { isWrite, nameOf, type Route } from './routeTable';
import { AttackTally } from './tally';
import type { WireAnswer } from './wire';
import { isOurFault } from './wire';
import type { World } from './world';

export interface FuzzOptions {
  seed: number;
  /** Hostile values at each place of a body, besides the critical ones. */
  valuesPerPlace: number;
  rawPerRoute: number;
  /** Routes at work side by side. */
  atOnce: number;
}

/** After so many faults of one route the rest of its bodies says nothing new. */
const MOST_FAULTS = 3;
/** What goes on says so at once; a busy machine takes its time. */
const SUSPICION_MS = 20_000;

export async function attackByFuzz(world: World, routes: readonly Route[], options: FuzzOptions): Promise<AttackTally> {
  const tally = new AttackTally('fuzz');
  const keyed = routes.filter(({ url, access }) => url.startsWith('/v1/') && typeof access === 'object');
  const work = keyed.flatMap((route): Work[] =>
    isWrite(route) ? doorsOf(world, route).map((open) => ({ route, open })) : [{ route }],
  );
  const queue = [...work.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [at, { route, open }] = next;
      const fuzz = new RouteFuzz(world, route, tally, { ...options, random: seeded(options.seed + at) });
      try {
        if (open) await fuzz.writes(open);
        else await fuzz.reads();
      } catch (error) {
        tally.fault('stopped', `${nameOf(route)}: the way to it is barred: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return tally;
}

interface Work {
  route: Route;
  /** Absent: it is only read. */
  open?: () => Promise<Door>;
}

type Options = FuzzOptions & { random: Random };

class RouteFuzz {
  private door!: Door;
  private faults = 0;
  private readonly schema: z.ZodType | undefined;

  constructor(
    private readonly world: World,
    private readonly route: Route,
    private readonly tally: AttackTally,
    private readonly options: Options,
  ) {
    this.schema = route.body;
  }

  async writes(open: () => Promise<Door>): Promise<void> {
    this.door = await open();
    const base = this.base();
    if (this.schema && base === undefined) {
      this.tally.notTried.push(`bodies of ${nameOf(this.route)}: none was found that its schema accepts`);
    }
    const first = await this.ask(base);
    // Of the other product: it has nothing of this kind.
    if (first.status === 422 && String(first.body?.type).endsWith(':wrong-product')) return;
    await this.judge(first, base, { place: 'nothing', value: 'as it should be' });
    for (const mutation of this.chosen(base)) {
      if (this.faults >= MOST_FAULTS) break;
      const body = replaced(this.base(), mutation.path, mutation.value);
      await this.judge(await this.ask(body), body, { ...mutation, value: shownValue(mutation.value) });
      if (this.isSpent) this.door = await open();
    }
    await this.rawBodies(base);
    await this.paths(base);
    await this.keys();
    await this.settle();
  }

  async reads(): Promise<void> {
    this.door = {
      name: 'a reader',
      params: {},
      hints: () => undefined,
      goesOn: async () => true,
      isSpent: () => false,
    };
    await this.paths(undefined);
    const { query } = this.route;
    const fields = Object.keys((query && definitionOf(query).shape) ?? { cursor: 1 });
    for (const field of [...fields, 'unknownToAll']) {
      for (const text of shuffled(HOSTILE_TEXTS, this.options.random).slice(0, this.options.valuesPerPlace)) {
        const path = `${this.path()}?${field}=${encoded(text)}`;
        const answer = await this.world.target.wire.send({ method: this.route.method, path });
        this.refusedOrRead(answer, `query ${field} ${shownValue(text)}`);
      }
    }
  }

  private isSpent = false;

  private base(): unknown {
    const { world, schema, door } = this;
    if (!schema) return undefined;
    const { random } = this.options;
    return accepted(schema, {
      random,
      today: world.today(),
      freshId: () => world.freshId('fuzz'),
      hints: door.hints,
      fullness: 1,
    });
  }

  /** The critical ones of each place, and some of the others. */
  private chosen(base: unknown): Mutation[] {
    const all = base === undefined ? [] : mutationsOf(base);
    const { random, valuesPerPlace } = this.options;
    return [...new Set(all.map(({ place }) => place))].flatMap((place) => {
      const here = all.filter((mutation) => mutation.place === place);
      const isCritical = ({ value }: Mutation) => HOSTILE_TEXTS.slice(0, CRITICAL_TEXTS).includes(value as string);
      const others = here.filter((mutation) => !isCritical(mutation) && !isForbidden(mutation.place, mutation.value));
      const forbidden = here.filter((mutation) => isForbidden(mutation.place, mutation.value));
      return [...here.filter(isCritical), ...forbidden, ...shuffled(others, random).slice(0, valuesPerPlace)];
    });
  }

  private path(params: Record<string, string> = this.door.params): string {
    return this.route.url.replace(/:(\w+)/g, (_, name: string) => encoded(params[name] ?? 'nothing-of-it'));
  }

  private ask(body: unknown): Promise<WireAnswer> {
    const { method, isKeyed } = this.route;
    const keyed = isKeyed ? { idempotencyKey: this.world.freshId('fuzz-key') } : {};
    return this.world.target.wire.send({
      method,
      path: this.path(),
      ...keyed,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** One body: what its answer says, and what became of what it was sent to. */
  private async judge(
    answer: WireAnswer,
    body: unknown,
    { place, value }: { place: string; value: string },
  ): Promise<void> {
    const what = `${nameOf(this.route)} (${this.door.name}): ${place} = ${value}`;
    this.isSpent = false;
    if (isOurFault(answer)) return this.fault('stopped', `${what} answered ${answer.fault ?? answer.status}`);
    if (answer.status === 503) return this.suspect(what);
    if (answer.status >= 400) return this.tally.refused();
    this.isSpent = this.door.isSpent(answer);
    if (this.schema && !this.schema.safeParse(JSON.parse(JSON.stringify(body))).success) {
      return this.fault('lost', `${what} was done, though its schema refuses it`);
    }
    const forbidden = isForbidden(place, valueAt(body, place));
    if (forbidden) return this.fault('lost', `${what} was taken: ${forbidden}`);
    const became = await this.door.became?.(body, place);
    if (became !== undefined) return this.fault('stopped', `${what}: ${became}`);
    await this.door.mark?.(what);
    this.tally.held();
  }

  /** 503 is honest while a part is away; for good it is not. */
  private async suspect(what: string): Promise<void> {
    if (await this.door.goesOn(SUSPICION_MS)) return this.tally.refused();
    this.fault('stopped', `${what}: ${this.door.name} goes on no more`);
    this.isSpent = true;
  }

  private fault(fault: 'lost' | 'stopped', what: string): void {
    this.faults += 1;
    this.tally.fault(fault, what);
  }

  private async rawBodies(base: unknown): Promise<void> {
    const { random, rawPerRoute } = this.options;
    for (const { what, raw, headers, mayBeDone } of shuffled(rawBodiesOf(base ?? {}), random).slice(0, rawPerRoute)) {
      const { method, isKeyed } = this.route;
      const keyed = isKeyed ? { idempotencyKey: this.world.freshId('raw-key') } : {};
      const more = headers === undefined ? {} : { headers };
      const answer = await this.world.target.wire.send({ method, path: this.path(), raw, ...keyed, ...more });
      const isDone = answer.status >= 200 && answer.status < 300 && !mayBeDone;
      const name = `${nameOf(this.route)}: ${what}`;
      if (isOurFault(answer)) this.fault('stopped', `${name} answered ${answer.fault ?? answer.status}`);
      // Without a schema of a body nothing of it is read.
      else if (isDone && this.schema) this.fault('lost', `${name} was done`);
      else this.tally.refused();
    }
  }

  private async paths(base: unknown): Promise<void> {
    const names = [...this.route.url.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
    const { method, isKeyed } = this.route;
    for (const name of names) {
      for (const text of shuffled(HOSTILE_TEXTS, this.options.random).slice(0, this.options.valuesPerPlace)) {
        const path = this.path({ ...this.door.params, [name]: text });
        const keyed = isKeyed ? { idempotencyKey: this.world.freshId('path-key') } : {};
        const answer = await this.world.target.wire.send({ method, path, ...keyed, ...(base ? { body: base } : {}) });
        this.refusedOrRead(answer, `path ${name} = ${shownValue(text)}`);
        const isRepeated = answer.status === 404 && text.length > 8 && JSON.stringify(answer.body).includes(text);
        if (isRepeated) this.tally.fault('lost', `${nameOf(this.route)}: 404 repeats what the path named`);
      }
    }
  }

  /** Idempotency keys become ids of updates and of rows. */
  private async keys(): Promise<void> {
    if (!this.route.isKeyed) return;
    const { random, valuesPerPlace } = this.options;
    const fits = (text: string) => /^[\x20-\x7e]+$/.test(text);
    const texts = [random.pick(['k', 'K']).repeat(100), ...shuffled(HOSTILE_TEXTS.filter(fits), random)];
    for (const text of texts.slice(0, Math.ceil(valuesPerPlace / 3))) {
      const body = this.base();
      const sent = { method: this.route.method, path: this.path(), idempotencyKey: text };
      const answer = await this.world.target.wire.send({ ...sent, ...(body === undefined ? {} : { body }) });
      await this.judge(answer, body, { place: 'Idempotency-Key', value: shownValue(text) });
    }
  }

  private refusedOrRead(answer: WireAnswer, what: string): void {
    // What Node itself will not write was never sent.
    if (answer.fault?.startsWith('not sent')) return;
    const isFault = isOurFault(answer) || answer.status === 503;
    if (isFault) this.fault('stopped', `${nameOf(this.route)}: ${what} answered ${answer.fault ?? answer.status}`);
    else if (answer.status >= 400) this.tally.refused();
    else this.tally.held();
  }

  /** In the end everything that was paid in between is booked, and the next payment is. */
  private async settle(): Promise<void> {
    const culprit = await this.door.culprit?.();
    if (culprit !== undefined) return this.fault('stopped', `${culprit}: payments after it are not booked`);
    const goesOn = await this.door.goesOn(SUSPICION_MS);
    this.tally.expect(goesOn, 'stopped', `${nameOf(this.route)}: ${this.door.name} goes on no more in the end`);
  }
}

function valueAt(body: unknown, place: string): unknown {
  return place
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], body);
}

/** Ids of people, by the names of their fields. */
const PEOPLE = /(^|\.)(borrowerId|by|\w+By)(\[\d+\])?$/;

/** Why a value must be refused at this place whatever its form is; undefined: it need not be. */
function isForbidden(place: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (place === 'paymentId' && value.startsWith('debit:')) return 'the form is reserved for our own debits';
  if (!PEOPLE.test(place)) return undefined;
  if (/^1\d{10}$/.test(value)) return 'a phone number stands where an id of a person is kept in the open';
  if (/^\d{17}[\dX]$/.test(value) && !residentIdFault(value)) return 'an ID number is kept in the open as an id';
  return undefined;
}

/** As a hostile client does: what cannot be encoded goes out as bytes of its own. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
}
