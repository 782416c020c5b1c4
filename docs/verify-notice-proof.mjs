// Checks a proof of `creditloom audit prove`: node verify-notice-proof.mjs PROOF.json [SEAL_HASH] [TEXT]
// SEAL_HASH: a seal's hash that you kept from GET /v1/audit/seals, or - for none. TEXT: the message, as it was received,
// with its code: what we keep of a code is keyed, so the proof is about the text with the code covered.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const hash = (...lines) => createHash('sha256').update(lines.join('\n'), 'utf8').digest('hex');
const must = (isTrue, fault) => {
  if (isTrue) return;
  console.error(`NOT PROVED: ${fault}`);
  process.exit(1);
};
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
};
// The text as we keep it: with stars in the place of what may be its code.
const keptForms = (text) => {
  const codes = [...text.matchAll(/(?=([2-9CDFHJKMNPQRTVWXY]{8}))/gi)].map(([, code]) => code);
  return [text, ...codes.map((code) => text.replaceAll(code, '*'.repeat(8)))];
};
const readProof = (file) => {
  try {
    const proof = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(proof?.records) && Array.isArray(proof.seals) ? proof : undefined;
  } catch {
    return undefined;
  }
};

const [file, keptHash = '-', text] = process.argv.slice(2);
must(file, 'name the file of the proof');
const proof = readProof(file);
must(proof, `${file} holds no proof: it is empty or cut, or it was never made`);
const { tenantId, noticeId, records, seals } = proof;
const [subjectKind, subjectId] = noticeId ? ['notice', noticeId] : [proof.subjectKind, proof.subjectId];
must(records.length > 0 && seals.length > 0, 'there is no record or no seal');

seals.forEach((s, at) => {
  const range = [s.businessDate, s.firstSequence, s.lastSequence];
  const said = [tenantId, ...range, s.merkleRoot, s.prevSealHash];
  const lines = s.headsRoot ? ['creditloom-seal-2', ...said, s.headsRoot, s.headCount] : ['creditloom-seal-1', ...said];
  must(hash(...lines) === s.sealHash, `seal ${range[0]}`);
  const before = seals[at - 1];
  const follows = !before || (s.prevSealHash === before.sealHash && s.firstSequence === before.lastSequence + 1);
  must(follows, `seal ${range[0]} does not follow the one before`);
});
const isKept = keptHash === '-' || seals.some((s) => s.sealHash === keptHash);
must(isKept, 'the seal that you kept is not among the seals');

for (const r of records) {
  const name = `record ${r.sequence}`;
  must(r.subjectKind === subjectKind && r.subjectId === subjectId, `${name} is about something else`);
  must(hash(canonical(r.body)) === r.bodyHash, `${name}: its body`);
  const head = [r.sequence, r.prevHash, r.kind, r.subjectKind, r.subjectId, r.bodyHash, r.atMs];
  must(hash('creditloom-record-1', tenantId, ...head) === r.recordHash, `${name}: its hash`);
  const pair = (own, step) => (step.side === 'left' ? [step.hash, own] : [own, step.hash]);
  const join = (own, step) => hash('creditloom-node-1', ...pair(own, step));
  const root = r.path.reduce(join, hash('creditloom-leaf-1', r.recordHash));
  const seal = seals.find((s) => s.firstSequence <= r.sequence && r.sequence <= s.lastSequence);
  must(root === seal?.merkleRoot, `${name} is not under the root of its seal`);
  const isDecided = r.body.rowHash === undefined || (r.row && hash(canonical(r.row)) === r.body.rowHash);
  must(isDecided, `${name}: what was decided`);
}
const forms = text === undefined ? [] : [text, text.trim()].flatMap(keptForms).map((each) => hash(each));
must(text === undefined || records.some((r) => forms.includes(r.body.textHash)), 'no record has this text');
const ofText = text === undefined ? '' : '; one of them is of this text, whatever its code is';
console.log(
  `PROVED: ${records.length} records of ${subjectKind} ${subjectId}, sealed up to ${seals.at(-1).sealHash}${ofText}`,
);
