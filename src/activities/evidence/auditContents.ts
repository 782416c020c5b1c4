/** The rows that records of decisions speak of, each as the `rowHash` of its record was made of it. */

import type { EvidenceKind, EvidenceRow } from '../../db/evidence/evidenceRecords';
import {
  decisionsById,
  incidentEventsOf,
  modelEventsOf,
  templatesOnRecord,
  writeOffsOf,
} from '../../db/evidence/evidenceRows';
import {
  decisionContent,
  incidentEventContent,
  modelEventContent,
  wordingContent,
} from '../../db/evidence/recordContents';
import type { Reader } from '../../db/transaction';

type Of = { tenantId: string };

/** By the sequence of the record. Absent: the row is gone, or the record speaks of none. */
export async function rowContentsOf(
  reader: Reader,
  of: Of,
  records: readonly EvidenceRow[],
): Promise<ReadonlyMap<number, unknown>> {
  const contents = new Map<number, unknown>();
  for (const [kind, read] of Object.entries(READERS) as [OfRows, Read][]) {
    const own = records.filter((record) => record.kind === kind);
    if (own.length === 0) continue;
    const { rows, keyOf } = await read(reader, of, own);
    for (const record of own) {
      const content = rows.get(keyOf(record));
      if (content !== undefined) contents.set(record.sequence, content);
    }
  }
  return contents;
}

type Read = (
  reader: Reader,
  of: Of,
  records: readonly EvidenceRow[],
) => Promise<{ rows: ReadonlyMap<string, unknown>; keyOf: (record: EvidenceRow) => string }>;

const subjectsOf = (records: readonly EvidenceRow[]) => [...new Set(records.map(({ subjectId }) => subjectId))];

/** A notice's records are compared with its attempts: `auditRows.ts`. */
type OfRows = Exclude<EvidenceKind, 'notice-decision' | 'notice-outcome'>;

const READERS: Record<OfRows, Read> = {
  'credit-decision': async (reader, of, records) => {
    const decisionIds = records.map(({ body }) => Number(body.decisionId));
    const rows = await decisionsById(reader, { ...of, decisionIds });
    return {
      rows: new Map(rows.map((row) => [String(row.decisionId), decisionContent(row)])),
      keyOf: ({ body }) => String(body.decisionId),
    };
  },
  'write-off-decision': async (reader, of, records) => {
    const rows = await writeOffsOf(reader, { ...of, accountIds: subjectsOf(records) });
    return {
      rows: new Map(rows.map(({ accountId, fact }) => [accountId, fact])),
      keyOf: ({ subjectId }) => subjectId,
    };
  },
  'template-decision': async (reader, of) => {
    const rows = await templatesOnRecord(reader, of);
    return {
      rows: new Map(rows.map((row) => [row.templateId, wordingContent(row)])),
      keyOf: ({ subjectId }) => subjectId,
    };
  },
  'incident-decision': async (reader, of, records) => {
    const rows = await incidentEventsOf(reader, { ...of, incidentIds: subjectsOf(records) });
    return {
      rows: new Map(rows.map((row) => [`${row.incidentId} event ${row.eventKey}`, incidentEventContent(row)])),
      keyOf: ({ subjectId, body }) => `${subjectId} event ${body.eventKey}`,
    };
  },
  'model-decision': async (reader, of, records) => {
    const rows = await modelEventsOf(reader, { ...of, modelIds: subjectsOf(records) });
    return {
      rows: new Map(rows.map((row) => [`${row.modelId} event ${row.eventKey}`, modelEventContent(row)])),
      keyOf: ({ subjectId, body }) => `${subjectId} event ${body.eventKey}`,
    };
  },
};
