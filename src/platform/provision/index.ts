/** Real servers on any machine: what the entry scripts, the tests and the benchmarks use. */
export { CommandError, type CommandOptions, type Report, runCommand } from './command';
export { findRunningPostgres, type PostgresOptions, type RunningPostgres, startPostgres } from './postgres';
export { watchEnd } from './processEnd';
export { assertPortIsFree, freePort } from './serverProcess';
export { endStarted, refuseWhenEnding, startNothingMore } from './started';
export { type DevServerOptions, findTemporalCli, type RunningTemporal, startDevServer } from './temporalServer';
export { findTimeSkippingServer } from './timeSkippingServer';
export { NoServerError, type ProvisionOptions, provisionOptions } from './ways';
