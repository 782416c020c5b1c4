/**
 * An insider with the database role of a service and none of its secrets. With the application's, each attempt is refused
 * by the database, or the audit or the close sees it; an attempt that nobody sees has minted what it wrote. With the
 * API's, the database refuses each of them, and what else no route writes.
 */
import { Pool } from 'pg';
import { audit } from '../../cli/evidence/audit';
import { ledger } from '../../cli/ledger/ledger';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { ATTEMPTS, type Attempt, PAST_THE_API, type Scene } from './insiderAttempts';
import { AttackTally } from './tally';
import { ATTACKED_TENANT, type Target } from './target';
import type { World } from './world';

/** Longer than a key is remembered by the API. */
const FORGOTTEN_AFTER_MS = 10_500;

export async function attackFromInside(world: World): Promise<AttackTally> {
  const tally = new AttackTally('insider');
  const { target } = world;
  const sql = new Pool({ connectionString: target.applicationUrl, max: 1 });
  sql.on('error', () => undefined);
  try {
    const scenes = await Promise.all(ATTEMPTS.map(() => setScene(world, sql)));
    // A key that was revoked in order.
    await target.rows(`update api_key set revoked_at = now() where tenant_id = $1 and key_id = 'only-audit-read'`, [
      ATTACKED_TENANT,
    ]);
    await new Promise((resolve) => setTimeout(resolve, FORGOTTEN_AFTER_MS));
    // Before anything is written: nothing of it may be.
    await attackAsApi(scenes[0] as Scene, tally);
    const written: Written[] = [];
    for (const [at, attempt] of ATTEMPTS.entries()) {
      const scene = scenes[at] as Scene;
      if (await isWritten(scene, attempt, tally)) written.push({ attempt, traces: tracesOf(scene, attempt) });
    }
    // Once for all: a finding counts for the attempt whose account, borrower, incident or key it names.
    const said = await saidByTheLender(target);
    for (const { attempt, traces } of written) {
      const isSeen = said.some((line) => traces.some((trace) => line.includes(trace)));
      tally.expect(isSeen, 'minted', `${attempt.what}: neither refused, nor seen by audit and close`);
    }
  } finally {
    await sql.end();
  }
  return tally;
}

async function attackAsApi(scene: Scene, tally: AttackTally): Promise<void> {
  const sql = new Pool({ connectionString: scene.world.target.apiUrl, max: 1 });
  sql.on('error', () => undefined);
  try {
    for (const attempt of [...ATTEMPTS, ...PAST_THE_API]) {
      const isRefused = !(await isWritten({ ...scene, sql }, attempt, tally));
      if (!isRefused) tally.fault('minted', `${attempt.what}, with the API's role: not refused`);
    }
  } finally {
    await sql.end();
  }
}

/** Of each attempt its own, so that what is seen of one is not taken for news of the next. */
async function setScene(world: World, sql: Pool): Promise<Scene> {
  const [account, incidentId] = await Promise.all([world.open('revolving'), world.openIncident()]);
  await world.write(`/v1/accounts/${account.accountId}/purchases`, { purchaseId: 'honest', amountFen: 400_000 });
  await world.pay(account.accountId, 'honest', 20_000);
  await world.goesOn(account.accountId);
  return { world, sql, account, incidentId };
}

/** Of PostgreSQL: no such right, a guard of the table, a rule of the data, not allowed in such a session. */
const IS_REFUSAL = /^(42501|23...|P0001|25...|2F...|55...|0A...|28...)$/;

interface Written {
  attempt: Attempt;
  traces: string[];
}

/** Whether the database took it and nothing else shuts it out; what is refused is counted. */
async function isWritten(scene: Scene, attempt: Attempt, tally: AttackTally): Promise<boolean> {
  try {
    await attempt.write(scene);
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!IS_REFUSAL.test(code) && !/^42/.test(code)) throw error;
    if (IS_REFUSAL.test(code)) tally.refused();
    // The attempt is written for other tables than there are: nothing was proved by it.
    else tally.notTried.push(`${attempt.what}: ${(error as Error).message}`);
    return false;
  }
  if ((await attempt.isShutOut?.(scene)) !== true) return true;
  tally.held();
  return false;
}

function tracesOf({ account, incidentId }: Scene, { keyId }: Attempt): string[] {
  return keyId === undefined ? [account.accountId, account.borrowerId, incidentId] : [keyId];
}

/** The audit and the close, as the lender runs them: each finding as a line that names what it is about. */
async function saidByTheLender(target: Target): Promise<string[]> {
  const audited = await told((surroundings) => audit(['verify', ...target.ofRun()], surroundings));
  const date = dateAt(Date.now(), SHANGHAI);
  const closed = await told((surroundings) =>
    ledger(['close', '--date', date, '--json', ...target.ofRun()], surroundings),
  );
  const { differences = [] } = closed.code === 0 ? {} : (JSON.parse(closed.text) as { differences?: object[] });
  const lines = audited.code === 0 ? [] : audited.text.split('\n');
  return [...lines, ...differences.map((difference) => JSON.stringify(difference))];
}

async function told(work: (surroundings: Parameters<typeof audit>[1]) => Promise<number>) {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await work({ settings: {}, write, report: () => undefined });
  return { text, code };
}
