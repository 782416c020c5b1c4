/**
 * What stands behind the parameters of a route: a real account, application, incident, … that the attack may aim at, and
 * the question whether it still goes on. Routes of other things are attacked with ids of nothing.
 */
import { PRODUCT_TABLE, type Product } from '../../domain/policy/products';
import { SIGNATURE, TEMPLATES } from '../../domain/policy/shippedTemplates';
import type { Hints } from './bodies';
import type { Route } from './routeTable';
import { until, type WireAnswer } from './wire';
import type { World } from './world';

export interface Door {
  /** What it is, for findings: `a cash loan`. */
  name: string;
  params: Record<string, string>;
  hints: Hints;
  /** Called after each body that was taken: what comes later must still be done. */
  mark?: (what: string) => Promise<void>;
  /** Undefined: all that was marked was done. Else what was taken last before the first thing that was not. */
  culprit?: () => Promise<string | undefined>;
  /** Whether what is behind the door still goes on. */
  goesOn(withinMs: number): Promise<boolean>;
  /** Whether the answer has used it up, so that the next body needs another one. */
  isSpent(answer: WireAnswer): boolean;
  /** What was taken must also have become what was asked for; undefined: nothing to say. */
  became?: (body: unknown, place: string) => Promise<string | undefined>;
}

interface DoorKind {
  matches(route: Route): boolean;
  make(world: World, route: Route): Promise<Door>[] | Promise<Door>;
}

/** Where the check is short: what is on its way needs only one step. */
const SOON_MS = 20_000;
/** For what ends by itself. */
const FAR = '2190-01-01T00:00:00+08:00';
const never = () => false;
const noHints: Hints = () => undefined;
const hints =
  (known: Record<string, unknown>): Hints =>
  (field) =>
    known[field];

/** The doors of a route: of an account's route one for each product, else one. */
export function doorsOf(world: World, route: Route): (() => Promise<Door>)[] {
  const { url } = route;
  if (url.startsWith('/v1/accounts/:')) {
    return (['revolving', 'cash-loan'] as const).map((product) => () => accountDoor(world, product));
  }
  const known = KINDS.find(({ matches }) => matches(route));
  if (known) return [() => Promise.resolve(known.make(world, route)) as Promise<Door>];
  return [() => otherDoor(world)];
}

const at = (prefix: string) => (route: Route) => route.url.startsWith(prefix);

const KINDS: DoorKind[] = [
  { matches: ({ url }) => url === '/v1/applications', make: applicationsDoor },
  { matches: at('/v1/applications/:'), make: referredDoor },
  { matches: at('/v1/offers/:'), make: offerDoor },
  { matches: at('/v1/incidents/:'), make: incidentDoor },
  { matches: ({ url }) => url === '/v1/incidents', make: (world) => otherDoor(world, INCIDENT_HINTS) },
  { matches: at('/v1/borrowers/:'), make: borrowerDoor },
  { matches: at('/v1/holds/:'), make: holdDoor },
  { matches: ({ url }) => url === '/v1/templates', make: templatesDoor },
  { matches: at('/v1/templates/:'), make: reviewDoor },
];

/** Measures that stop nothing which the attack itself needs. */
const INCIDENT_HINTS = hints({ measures: ['auto-debit'], scope: {}, reasonCode: 'ATTACK_DRILL' });

async function accountDoor(world: World, product: Product): Promise<Door> {
  const { accountId, borrowerId } = await world.open(product);
  const params: Record<string, string> = { id: accountId, paymentId: await world.pay(accountId) };
  if (PRODUCT_TABLE[product].hasLimit) {
    const purchaseId = world.freshId('buy');
    await world.write(`/v1/accounts/${accountId}/purchases`, { purchaseId, amountFen: 50_000 });
    params.purchaseId = purchaseId;
  }
  const marks: { paymentId: string; what: string }[] = [];
  return {
    name: `a ${PRODUCT_TABLE[product].words}`,
    params,
    hints: hints({ purchaseId: undefined, borrowerId }),
    async mark(what) {
      marks.push({ paymentId: await world.pay(accountId), what });
    },
    async culprit() {
      const ids = marks.map(({ paymentId }) => paymentId);
      const areAll = await until(async () => (await world.booked(accountId, ids)).size === ids.length, SOON_MS);
      if (areAll) return undefined;
      const booked = await world.booked(accountId, ids);
      return marks.find(({ paymentId }) => !booked.has(paymentId))?.what;
    },
    goesOn: (withinMs) => world.goesOn(accountId, withinMs),
    isSpent: never,
  };
}

/** Ids that other ids are made of: what they open must be able to live. */
const IDS_OF_LIVES = /^(applicationId|borrower\.borrowerId)$/;

async function applicationsDoor(world: World): Promise<Door> {
  return {
    name: 'applications',
    params: {},
    hints: (field) => world.application('revolving')[field as 'borrower'],
    goesOn: async (withinMs) =>
      (await world.stageOf((await world.apply('cash-loan')).applicationId, withinMs)) !== 'assessing',
    isSpent: never,
    async became(body, place) {
      const { applicationId, product } = body as { applicationId: string; product: Product };
      const stage = await world.stageOf(applicationId, SOON_MS);
      if (stage === 'assessing') return 'the application is assessed for ever';
      if (stage !== 'offered' || !IDS_OF_LIVES.test(place)) return undefined;
      const terms = { 'cash-loan': { principalFen: 100_000, months: 3, method: 'level' }, revolving: {} }[product];
      const accepted = await world.accept(applicationId, terms);
      if (accepted.status !== 201)
        return accepted.status < 500 ? undefined : `its acceptance answers ${accepted.status}`;
      return (await world.goesOn(accepted.body.accountId, SOON_MS)) ? undefined : 'its account takes no payment';
    },
  };
}

async function referredDoor(world: World): Promise<Door> {
  const { applicationId } = await world.apply('cash-loan', { finances: {} });
  const path = `/v1/applications/${applicationId}/referral-decisions`;
  return {
    name: 'a referred application',
    params: { id: applicationId },
    hints: hints({ shownFen: undefined, proved: {} }),
    async goesOn() {
      // A decision that was taken before is 409: that is an answer as well.
      const answer = await world.write(path, { decision: 'decline', decidedBy: 'staff-attack', reason: 'enough' });
      return answer.status !== 0 && answer.status < 500;
    },
    isSpent: ({ status }) => status === 200,
  };
}

async function offerDoor(world: World, { url }: Route): Promise<Door> {
  const { applicationId } = await world.apply('cash-loan');
  const terms = { principalFen: 100_000, months: 3, method: 'level' };
  if (url.endsWith('/draws')) await world.accept(applicationId, terms);
  return {
    name: 'an offer',
    params: { id: applicationId },
    hints: hints({ ...terms, dueDay: undefined }),
    async goesOn(withinMs) {
      const accepted = await world.accept(applicationId, terms);
      const draw = accepted.status === 201 ? accepted : await world.accept(applicationId, terms, 'draws');
      if (draw.status === 201) return world.goesOn(draw.body.accountId, withinMs);
      return draw.status !== 0 && draw.status < 500;
    },
    isSpent: never,
  };
}

async function incidentDoor(world: World, { url }: Route): Promise<Door> {
  const id = await world.openIncident();
  const path = `/v1/incidents/${id}`;
  const { borrowerId } = await world.apply('cash-loan');
  await world.write(`${path}/appeals`, { appealId: 'appeal-1', borrowerId, by: 'staff-attack' });
  const isEnding = /resume|review/.test(url);
  return {
    name: 'an incident',
    params: { id, appealId: 'appeal-1' },
    hints: hints({ measures: ['auto-debit'], scope: {}, borrowerId }),
    async goesOn() {
      const note = await world.write(`${path}/notes`, { by: 'staff-attack', text: 'it goes on' });
      return note.status !== 0 && note.status < 500;
    },
    isSpent: ({ status }) => isEnding && status === 200,
  };
}

async function borrowerDoor(world: World): Promise<Door> {
  const { accountId, borrowerId } = await world.open('revolving');
  return {
    name: 'a borrower',
    params: { id: borrowerId },
    hints: hints({ accountId, until: FAR }),
    goesOn: (withinMs) => world.goesOn(accountId, withinMs),
    isSpent: never,
  };
}

async function holdDoor(world: World): Promise<Door> {
  const door = await borrowerDoor(world);
  const holdId = world.freshId('hold');
  await world.write(`/v1/borrowers/${door.params.id}/holds`, { holdId, kind: 'dispute', placedBy: 'staff-attack' });
  return { ...door, name: 'a hold', params: { holdId } };
}

const KIND = 'due-soon';

async function nextVersion(world: World): Promise<number> {
  const { body } = await world.target.wire.get(`/v1/templates?kind=${KIND}`);
  return 1 + Math.max(1, ...((body?.items ?? []) as { version: number }[]).map(({ version }) => version));
}

async function templatesDoor(world: World): Promise<Door> {
  const version = await nextVersion(world);
  return {
    ...(await otherDoor(world, hints({ kind: KIND, version, body: TEMPLATES[KIND].body, signature: SIGNATURE }))),
    isSpent: ({ status }) => status === 201,
  };
}

async function reviewDoor(world: World): Promise<Door> {
  const version = await nextVersion(world);
  const draft = { kind: KIND, version, body: TEMPLATES[KIND].body, signature: SIGNATURE, submittedBy: 'staff-writes' };
  await world.write('/v1/templates', draft);
  const path = `/v1/templates/${KIND}/${version}/decision`;
  return {
    name: 'the review of a text',
    params: { kind: KIND, version: String(version) },
    hints: noHints,
    async goesOn() {
      const answer = await world.write(path, { decidedBy: 'staff-attack', decision: 'reject', reason: 'enough' });
      return answer.status !== 0 && answer.status < 500;
    },
    isSpent: ({ status }) => status === 200,
  };
}

/** Without a thing of its own behind it: an account somewhere must not suffer. */
async function otherDoor(world: World, given: Hints = hints({ until: FAR })): Promise<Door> {
  const canary = await world.canary();
  return {
    name: 'nothing of its own',
    params: {},
    hints: given,
    goesOn: (withinMs) => world.goesOn(canary, withinMs),
    isSpent: never,
  };
}
