/** Evidence: what housekeeping asks of activities. The signatures, and nothing of how. */

export interface HousekeepingActivities {
  /** Removes what is older than the deployment keeps, and nothing within a promise; returns how many rows of each kind. */
  purgeOldRows(input: { tenantId: string }): Promise<PurgedRows>;
}

interface PurgedRows {
  requests: number;
  checks: number;
  reports: number;
  troubles: number;
}
