/**
 * `npx creditloom audit …`: checks the chain of evidence, seals it, and proves a notice or a decision. Exit code 0: good;
 * 1: something was changed, removed or inserted; 2: wrong use. See docs/audit.md.
 */
import { renameSync, rmSync } from 'node:fs';
import type { Pool } from 'pg';
import { createEvidenceAuditActivities } from '../../activities/evidence/evidenceAudit';
import { proveSubject, UnprovableError } from '../../activities/evidence/evidenceProof';
import { createSealActivities } from '../../activities/evidence/sealing';
import { EVIDENCE_SUBJECTS, type EvidenceSubject } from '../../db/evidence/evidenceRecords';
import { hasMacs } from '../../db/evidence/macs';
import { isKnownTenant } from '../../db/operations/tenants';
import { withPool } from '../../db/pool';
import { inRepeatableRead } from '../../db/snapshot';
import { isIsoDate } from '../../domain/values/calendar';
import { businessDate } from '../../platform/businessClock';
import { writePrivateFile } from '../../platform/provision/privateFiles';
import { ArgumentError } from '../arguments';
import type { LedgerSurroundings } from '../ledger/ledger';
import { onConsole } from '../onConsole';
import { findDatabase, NO_BOOKS_KEY, withLocalRun } from '../operations/localDatabase';
import { runCommandLine } from '../runCommandLine';
import { asMistake } from '../sentence';
import { helpLines, readWords, usageOf } from '../usage';

interface Told {
  data: object;
  lines: string[];
  isBad: boolean;
}

type Work = (pool: Pool, tenantId: string) => Promise<Told>;

const USAGE = usageOf(
  'audit',
  ['verify', 'seal --date DATE', 'prove NOTICE_ID [--out FILE]', 'prove KIND ID [--out FILE]'],
  {
    each: '[--tenant TENANT] [--state FOLDER] [--json]',
    besides: [`KIND is one of ${EVIDENCE_SUBJECTS.join(', ')}.`],
  },
);
/** Below a refusal. */
const HELP = helpLines(USAGE).join('\n');
const DEFAULT_TENANT = 'demo';
const NOTICE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function audit(argv: readonly string[], surroundings: LedgerSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const { name, options, flags, positionals } = readWords(USAGE, argv);
  const isJson = flags.has('json');
  const work = readWork(name, positionals, options);
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
  } catch (error) {
    if (!(error instanceof UnprovableError)) throw error;
    // Not to where a proof is expected: a file of a redirection stays empty.
    report(`NOT PROVED: ${error.message}`);
    return 1;
  } finally {
    await database.stop();
  }
}

function readWork(name: string, positionals: readonly string[], options: ReadonlyMap<string, string>): Work {
  if (name === 'prove') {
    const subject = readSubject(positionals);
    return (pool, tenantId) => prove(pool, { tenantId, ...subject }, options.get('out'));
  }
  if (name === 'verify') return verify;
  const date = options.get('date');
  if (date === undefined || !isIsoDate(date) || date < '1900-01-01') {
    throw new ArgumentError(`seal needs a real date, such as --date 2026-03-31\n${HELP}`);
  }
  return (pool, tenantId) => seal(pool, tenantId, date);
}

/** `NOTICE_ID`, or `KIND ID`. */
function readSubject(words: readonly string[]): { subjectKind: EvidenceSubject; subjectId: string } {
  const [kind, subjectId] = words.length === 1 ? ['notice', ...words] : words;
  const subjectKind = EVIDENCE_SUBJECTS.find((each) => each === kind);
  if (subjectId !== undefined && subjectKind !== undefined) {
    if (subjectKind !== 'notice' || NOTICE_ID.test(subjectId)) return { subjectKind, subjectId };
  }
  throw new ArgumentError(`prove needs the id of a notice, or a kind and the id of what was decided on\n${HELP}`);
}

async function verify(pool: Pool, tenantId: string): Promise<Told> {
  if (!hasMacs(pool)) throw new ArgumentError(NO_BOOKS_KEY);
  const found = await createEvidenceAuditActivities({ pool }).auditEvidence({ tenantId });
  const { records, seals, accounts, links, takenOver, takenOverOn, findings } = found;
  const before = takenOver > 0 ? [`${takenOver} accounts were taken over as found on ${takenOverOn}`] : [];
  const sound = findings.length === 0 ? 'nothing was changed, removed or inserted' : `${findings.length} FINDINGS`;
  return {
    data: { tenantId, ...found },
    lines: [
      `evidence of ${tenantId}: ${records} records, ${seals} seals, ${accounts} accounts with ${links} links; ${sound}`,
      ...before,
      ...findings.map(({ finding, what, detail }) => `${finding.toUpperCase()}: ${what}: ${detail}`),
    ],
    isBad: findings.length > 0,
  };
}

async function prove(pool: Pool, subject: Parameters<typeof proveSubject>[1], file: string | undefined): Promise<Told> {
  const proof = await inRepeatableRead(pool, (client) => proveSubject(client, subject)).catch(asMistake);
  const text = JSON.stringify(proof, null, 2);
  if (file === undefined) return { data: proof, lines: [text], isBad: false };
  writeWhole(file, `${text}\n`);
  const { tenantId, subjectKind, subjectId } = subject;
  const counts = { records: proof.records.length, unsealed: proof.unsealed.length };
  const open = counts.unsealed > 0 ? `; ${counts.unsealed} are not sealed yet and left out` : '';
  const line = `${file}: ${counts.records} records of ${subjectKind} ${subjectId}${open}`;
  return { data: { tenantId, subjectKind, subjectId, file, ...counts }, lines: [line], isBad: false };
}

/** The file is the whole text or what it was before: half a proof is never taken for one. */
function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    writePrivateFile(unfinished, text);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new ArgumentError(`--out ${file} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}

async function seal(pool: Pool, tenantId: string, date: string): Promise<Told> {
  const today = await businessDate(pool);
  if (today !== undefined && date > today) {
    throw new ArgumentError(`--date ${date} has not come yet: the business date is ${today}`);
  }
  const { isNew, row } = await createSealActivities({ pool }).sealDate({ tenantId, date });
  const { businessDate: on, firstSequence, lastSequence, sealHash } = row;
  // A seal reaches back to the one before, so a date that was passed over gets none of its own any more.
  const says =
    on !== date ? `${date} has no seal of its own: it is under the ` : isNew ? '' : `${date} was sealed before: `;
  const line = `${says}seal of ${on}: records ${firstSequence} to ${lastSequence}, ${sealHash}`;
  return { data: { tenantId, askedDate: date, isNew, ...row }, lines: [line], isBad: false };
}

if (require.main === module) runCommandLine(onConsole(audit), USAGE);
