/** What anybody can tell without a key raises an alarm that stops nothing, and counts once a day by phone and network. */
export const sql = `
alter table incident drop constraint incident_measures_check;
alter table incident add constraint incident_measures_check check (
  measures <@ array['notices', 'draws', 'auto-debit', 'applications']
  -- An alarm of a guard may stop nothing: then it only calls a person, who can widen it.
  and (cardinality(measures) > 0 or opened_by_kind = 'guard'));

alter table code_check add column network_hash keyed_hash;
alter table fraud_report add column network_hash keyed_hash;
comment on column code_check.network_hash is
  'Of the network that the address belongs to; null of checks that were made before it was kept.';
comment on column fraud_report.network_hash is
  'Of the network that the address belongs to; null of reports that were made before it was kept.';
`;
