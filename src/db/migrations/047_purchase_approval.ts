/** A person's word for a purchase that is far above the limit (docs/decisions/0048-what-goes-back.md). */
export const sql = `
create table purchase_approval (
  tenant_id text not null,
  account_id text not null,
  approval_id text not null,
  purchase_id text not null,
  amount_fen fen not null check (amount_fen > 0),
  decided_by text not null,
  reason text not null,
  at_ms bigint not null,
  primary key (tenant_id, account_id, approval_id),
  foreign key (tenant_id, account_id) references credit_account
);
create index purchase_approval_of_purchase on purchase_approval (tenant_id, account_id, purchase_id);
comment on table purchase_approval is
  'Purchases that a person approved before they were made, each for its amount to the fen. Append-only.';
select make_append_only('purchase_approval');
`;
