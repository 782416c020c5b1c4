/** What an audit finds: one line for each record, seal or row that is not as it was. */
export interface AuditFinding {
  finding: 'changed' | 'removed' | 'inserted';
  /** `record 17`, `seal 2026-03-02`, `notice ID`, `decision 5`, ... */
  what: string;
  detail: string;
}

export const changed = (what: string, detail: string): AuditFinding => ({ finding: 'changed', what, detail });
export const removed = (what: string, detail: string): AuditFinding => ({ finding: 'removed', what, detail });
export const inserted = (what: string, detail: string): AuditFinding => ({ finding: 'inserted', what, detail });
