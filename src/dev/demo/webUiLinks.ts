/** Lists of the Temporal Web UI that answer what people ask of a portfolio, as links with their filter. */

export interface WebUiList {
  about: string;
  filter: string;
}

/** Credits of a tenant, as its search attributes tell them apart (docs/operations.md). */
export const WEB_UI_LISTS: readonly WebUiList[] = [
  { about: 'credits that run', filter: 'ExecutionStatus = "Running" AND CreditloomBucket >= "M0"' },
  { about: 'overdue by a month or more', filter: 'ExecutionStatus = "Running" AND CreditloomBucket >= "M2"' },
  {
    about: 'applications that wait for a person',
    filter: 'ExecutionStatus = "Running" AND CreditloomStage = "referred"',
  },
];

/** The page of workflows with a filter. */
export function webUiLink(uiUrl: string, namespace: string, filter: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(filter)}`;
}
