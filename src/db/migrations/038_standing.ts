/**
 * The row of an account holds what stays true until its next deadline: since when something is past due, not for how
 * many days; no bucket once it is closed; by which version of the fold its deadline was found, and when (real time) it was
 * told to look because that one is no more in use.
 */
export const sql = `
alter table credit_account
  add column past_due_since date,
  add column fold_version int not null default 1,
  add column told_to_look_at timestamptz,
  alter column bucket drop not null;
update credit_account set past_due_since = as_of - days_past_due where days_past_due > 0;
update credit_account set bucket = null where stage in ('settled', 'written-off');
alter table credit_account
  drop column days_past_due,
  add constraint credit_account_bucket_of_open check ((bucket is null) = (stage in ('settled', 'written-off')));
create index credit_account_by_fold on credit_account (tenant_id, fold_version)
  where stage not in ('settled', 'written-off');
`;
