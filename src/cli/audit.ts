/**
 * `npx creditloom audit …`: checks the chain of evidence, seals it, and proves a notice. Exit code 0: good; 1: something
 * was changed, removed or inserted; 2: wrong use. See docs/audit.md.
 */
import type { Pool } from 'pg';
import { readGivenSettings } from '../config/config';
import { withPool } from '../db/pool';
import { inSnapshot } from '../db/snapshot';
import { isKnownTenant } from '../db/statements/tenants';
import { inTransaction } from '../db/transaction';
import { isIsoDate } from '../domain/calendar';
import { ArgumentError, parseArguments } from './arguments';
import { auditChain } from './auditChain';
import { proveNotice } from './auditProof';
import { auditNotices, auditRowsOf, auditUnrecorded } from './auditRows';
import type { LedgerSurroundings } from './ledger';
import { businessDate } from './ledgerReports';
import { findDatabase, withLocalRun } from './localDatabase';
import { runCommandLine } from './runCommandLine';
import { sealDay } from './sealDay';

interface Told {
  data: object;
  lines: string[];
  isBad: boolean;
}

type Work = (pool: Pool, tenantId: string) => Promise<Told>;

const USAGE =
  'usage: audit verify | seal --date DATE | prove NOTICE_ID; each with [--tenant TENANT] [--state FOLDER] [--json]';
const DEFAULT_TENANT = 'demo';
const NOTICE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function audit(argv: readonly string[], surroundings: LedgerSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const isJson = argv.includes('--json');
  const [name = 'nothing', ...rest] = argv.filter((word) => word !== '--json');
  const known = ['tenant', 'state', 'json', ...(name === 'seal' ? ['date'] : [])];
  const { options, positionals } = parseArguments(rest, known);
  const work = readWork(name, positionals, options.get('date'));
  const settings = await withLocalRun(surroundings.settings, options.get('state'));
  const tenantId = options.get('tenant') ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir: options.get('state'), report });
  try {
    const { data, lines, isBad } = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return work(pool, tenantId);
    });
    write(isJson ? `${JSON.stringify(data, null, 2)}\n` : `${lines.join('\n')}\n`);
    return isBad ? 1 : 0;
  } finally {
    await database.stop();
  }
}

function readWork(name: string, positionals: readonly string[], date: string | undefined): Work {
  const [noticeId, ...more] = name === 'prove' ? positionals : [undefined, ...positionals];
  if (more.length > 0) throw new ArgumentError(`${more[0]} is not known here\n${USAGE}`);
  if (name === 'verify') return verify;
  if (name === 'prove') {
    if (noticeId === undefined || !NOTICE_ID.test(noticeId)) {
      throw new ArgumentError(`prove needs the id of a notice\n${USAGE}`);
    }
    return (pool, tenantId) => prove(pool, tenantId, noticeId);
  }
  if (name !== 'seal') throw new ArgumentError(`${name} is no command of the audit\n${USAGE}`);
  if (date === undefined || !isIsoDate(date) || date < '1900-01-01') {
    throw new ArgumentError(`seal needs a real date, such as --date 2026-03-31\n${USAGE}`);
  }
  return (pool, tenantId) => seal(pool, tenantId, date);
}

async function verify(pool: Pool, tenantId: string): Promise<Told> {
  const of = { tenantId };
  const found = await inSnapshot(pool, async (client) => {
    const chain = await auditChain(client, of, (batch) => auditRowsOf(client, of, batch));
    const rows = [...(await auditNotices(client, of)), ...(await auditUnrecorded(client, of))];
    return { ...chain, findings: uniqueOf([...chain.findings, ...rows]) };
  });
  const { records, seals, findings } = found;
  const sound = findings.length === 0 ? 'nothing was changed, removed or inserted' : `${findings.length} FINDINGS`;
  return {
    data: { tenantId, ...found },
    lines: [
      `evidence of ${tenantId}: ${records} records, ${seals} seals; ${sound}`,
      ...findings.map(({ finding, what, detail }) => `${finding.toUpperCase()}: ${what}: ${detail}`),
    ],
    isBad: findings.length > 0,
  };
}

/** A notice may have records in several batches. */
function uniqueOf<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

async function prove(pool: Pool, tenantId: string, noticeId: string): Promise<Told> {
  const proof = await inSnapshot(pool, (client) => proveNotice(client, { tenantId, noticeId }));
  return { data: proof, lines: [JSON.stringify(proof, null, 2)], isBad: false };
}

async function seal(pool: Pool, tenantId: string, date: string): Promise<Told> {
  const today = await businessDate(pool);
  if (today !== undefined && date > today) {
    throw new ArgumentError(`--date ${date} has not come yet: the business date is ${today}`);
  }
  const sealed = await inTransaction(pool, (client) => sealDay(client, { tenantId, date }));
  const { businessDate: on, firstSequence, lastSequence, sealHash } = sealed;
  const line = `seal of ${on}: records ${firstSequence} to ${lastSequence}, ${sealHash}`;
  return { data: { tenantId, ...sealed }, lines: [line], isBad: false };
}

function main(argv: readonly string[]): Promise<number> {
  return audit(argv, {
    settings: readGivenSettings(),
    write: (text) => process.stdout.write(text),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

if (require.main === module) runCommandLine(main);
