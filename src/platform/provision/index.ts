/** Real servers on any machine: what the entry scripts, the tests and the benchmarks use. */
export { CommandError, type Report, runCommand } from './command';
export { type RunningPostgres, startPostgres } from './postgres';
export { watchEnd } from './processEnd';
export { assertPortIsFree, freePort } from './serverProcess';
export { endStarted, refuseWhenEnding, startNothingMore } from './started';
export { findTemporalCli, type RunningTemporal, startDevServer } from './temporalServer';

export { NoServerError, provisionOptions } from './ways';
