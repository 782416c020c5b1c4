/**
 * Every route with no key, a wrong key, each scope alone and the right scope: only the right one is let in, and nobody
 * else learns more than that.
 */
import { SCOPES } from '../../api/http/authentication';
import { createKey } from '../../api/operations/keys';
import type { Random } from '../../domain/values/random';
import { shuffled } from './bodies';
import { nameOf, type Route } from './routeTable';
import { AttackTally } from './tally';
import type { Target } from './target';
import type { SentRequest, WireAnswer } from './wire';

export interface MatrixOptions {
  random: Random;
  /** Scopes that are tried on a route besides its own. */
  scopesPerRoute: number;
}

export async function attackMatrix(
  target: Target,
  routes: readonly Route[],
  options: MatrixOptions,
): Promise<AttackTally> {
  const tally = new AttackTally('matrix');
  for (const route of routes) {
    const { access } = route;
    // Pages of the documentation: closed in this deployment, so any key reads them.
    if (access === undefined || access === 'any-key') await attackAnyKey(target, route, tally);
    else if (access === 'open') await expectLetIn(target, route, tally, undefined);
    else if (access === 'signature' || access === 'secret-path') await attackSecret(target, route, tally);
    else await attackScoped(target, route, access.scope, { tally, ...options });
  }
  return tally;
}

/** Valid where it can be: what refuses must be the guard and not a typing fault of ours. */
function requestOf({ method, url, isKeyed }: Route): SentRequest {
  const path = url.replace(/:\w+/g, 'nobody').replace(/\*.*$/, '');
  const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method);
  return { method, path, ...(hasBody ? { body: {} } : {}), ...(isKeyed ? { idempotencyKey: 'matrix' } : {}) };
}

async function attackAnyKey(target: Target, route: Route, tally: AttackTally): Promise<void> {
  await expectShut(target, route, tally, undefined);
  await expectShut(target, route, tally, createKey().key);
  await expectLetIn(target, route, tally, target.keysByScope.get(SCOPES[0]));
}

async function attackScoped(
  target: Target,
  route: Route,
  scope: string,
  { tally, random, scopesPerRoute }: MatrixOptions & { tally: AttackTally },
): Promise<void> {
  await attackAnyKeyLess(target, route, tally);
  const others = SCOPES.filter((each) => each !== scope);
  for (const other of shuffled(others, random).slice(0, scopesPerRoute)) {
    const answer = await ask(target, { ...requestOf(route), apiKey: target.keysByScope.get(other) });
    const isRight = answer.status === 403 && (route.method === 'HEAD' || answer.body?.scope === scope);
    judge(tally, isRight, `${nameOf(route)} with ${other} alone answered ${answer.status}`);
  }
  const own = target.keysByScope.get(scope);
  if (own === undefined) tally.notTried.push(`${nameOf(route)}: ${scope} is no scope that a key can have`);
  else await expectLetIn(target, route, tally, own);
}

async function attackAnyKeyLess(target: Target, route: Route, tally: AttackTally): Promise<void> {
  const { key } = createKey();
  const known = target.wire.key();
  const headers: (Record<string, string> | undefined)[] = [
    undefined,
    { authorization: `Bearer ${key}` },
    { authorization: `Bearer ${known.slice(0, -1)}` },
    { authorization: `Basic ${known}` },
    { authorization: `Bearer ${known}, Bearer ${key}` },
    { 'x-api-key': known },
  ];
  for (const header of headers) {
    const answer = await ask(target, { ...requestOf(route), ...(header ? { headers: header } : {}) });
    judge(tally, answer.status === 401, `${nameOf(route)} without a key answered ${answer.status}`);
  }
}

async function attackSecret(target: Target, route: Route, tally: AttackTally): Promise<void> {
  const bodies = [
    undefined,
    { 'x-receipt-signature': `sha256=${'0'.repeat(64)}` },
    { 'x-receipt-signature': 'sha256=' },
  ];
  for (const headers of bodies) {
    const sent = { ...requestOf(route), body: [], ...(headers ? { headers } : {}) };
    const answer = await ask(target, sent);
    judge(tally, [401, 403, 404].includes(answer.status), `${nameOf(route)} unsigned answered ${answer.status}`);
  }
  const keyed = await ask(target, { ...requestOf(route), apiKey: target.wire.key() });
  judge(tally, [401, 403, 404].includes(keyed.status), `${nameOf(route)} with an API key answered ${keyed.status}`);
}

async function expectShut(target: Target, route: Route, tally: AttackTally, apiKey: string | undefined): Promise<void> {
  const { status } = await ask(target, { ...requestOf(route), apiKey });
  judge(tally, status === 401, `${nameOf(route)} with ${apiKey ? 'a wrong' : 'no'} key answered ${status}`);
}

async function expectLetIn(
  target: Target,
  route: Route,
  tally: AttackTally,
  apiKey: string | undefined,
): Promise<void> {
  const { status } = await ask(target, { ...requestOf(route), apiKey });
  const isRight = status !== 0 && status !== 401 && status !== 403 && status < 500;
  tally.expect(isRight, 'stopped', `${nameOf(route)} with what it asks for answered ${status}`);
}

function judge(tally: AttackTally, isRefused: boolean, what: string): void {
  if (isRefused) tally.refused();
  else tally.fault('minted', what);
}

/** A limit is no answer to the question: from another address it is asked again. */
async function ask({ wire }: Target, sent: SentRequest): Promise<WireAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await wire.once(sent);
    if (answer.status !== 429 || tries === 4) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
