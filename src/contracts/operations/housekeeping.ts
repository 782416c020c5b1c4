/** Housekeeping: one workflow of a tenant removes, once a day of real time, what is older than the deployment keeps. */
export interface HousekeepingInput {
  tenantId: string;
}
