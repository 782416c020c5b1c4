/** What was set aside is settled: the words of two people, kept as a decision, and what follows from them. */
import type { Pool } from 'pg';
import { type AccountRow, readAccount } from '../../db/credit/accounts';
import { type AsideRow, lockAside, saveAside } from '../../db/credit/setAsideArrivals';
import { recordDecision } from '../../db/evidence/decisions';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import { type Client, inTransaction } from '../../db/transaction';
import { type AsideAnswer, answerTo, type SaidOfAside } from '../../domain/credit/setAside';
import { SET_ASIDE_RULE } from '../../domain/risk/earlyWarning';

export interface Said extends SaidOfAside {
  tenantId: string;
  asideId: number;
  reason: string;
  atMs: number;
}

/** `account`: to be told to take it again. */
export type Settled = { answer: 'unknown' } | { answer: AsideAnswer; row: AsideRow; account?: AccountRow | undefined };

/** One person's word, in a transaction of its own. */
export function sayOfAside(pool: Pool, said: Said): Promise<Settled> {
  return inTransaction(pool, async (client) => {
    const row = await lockAside(client, said);
    if (!row) return { answer: 'unknown' };
    const answer = answerTo(row, said);
    if (answer === 'needs-second-person') {
      await saveAside(client, { ...row, word: said.word, wordBy: said.by, wordReason: said.reason });
    }
    if (answer === 'agreed') await agree(client, row, said);
    const isTold = said.word === 'retry' && (answer === 'agreed' || answer === 'told-again');
    return { answer, row, account: isTold ? await readAccount(client, row) : undefined };
  });
}

async function agree(client: Client, row: AsideRow, { word, by, reason, atMs }: Said): Promise<void> {
  const settledAs =
    word === 'retry' ? { state: 'again', settledAtMs: null } : { state: 'dismissed', settledAtMs: atMs };
  await saveAside(client, {
    ...row,
    ...(settledAs as Pick<AsideRow, 'state' | 'settledAtMs'>),
    secondBy: by,
    secondReason: reason,
  });
  const { tenantId, accountId, asideId, kind, businessKey, wordBy, wordReason } = row;
  const account = await readAccount(client, row);
  const decision = {
    tenantId,
    subjectKind: 'account' as const,
    subjectId: accountId,
    kind: word === 'retry' ? 'set-aside-taken-again' : 'set-aside-dismissed',
    reasonCodes: [SET_ASIDE_RULE],
    policyVersion: account?.policyVersion ?? '',
    body: { asideId, kind, businessKey, reasons: [wordReason, reason] },
    decidedAtMs: atMs,
    decidedBy: `${wordBy},${by}`,
  };
  const decisionId = await recordDecision(client, decision);
  await appendEvidence(client, { tenantId, records: [creditDecisionEvidence({ ...decision, decisionId })] });
}
