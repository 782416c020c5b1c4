/** Models that judge applicants: the card, where it stands in its life, and who said what (docs/model-life.md). */
export const sql = `
create table risk_model (
  tenant_id text not null references tenant,
  card text not null check (card ~ '^[a-z][a-z0-9-]{0,39}$'),
  version text not null check (version ~ '^[0-9][0-9.-]{0,19}$'),
  -- As policies and decisions name it.
  model text not null generated always as (card || '-' || version) stored,
  form text not null check (form in ('points', 'trained')),
  content jsonb not null check (jsonb_typeof(content) = 'object'),
  content_hash sha256_hex not null,
  psi_baseline jsonb,
  stage text not null default 'developed'
    check (stage in ('developed', 'tested', 'reviewed', 'active', 'lapsed', 'declined', 'retired')),
  developed_by text not null,
  registered_at_ms bigint not null,
  test jsonb,
  first_promotion_by text,
  valid_until_ms bigint,
  primary key (tenant_id, card, version),
  constraint model_name_once unique (tenant_id, model),
  constraint validated_where_it_decides check (stage not in ('active', 'lapsed') or valid_until_ms is not null)
);
comment on table risk_model is
  'A card that judges applicants, and where it stands: one that is not active and validated approves nobody.';

create function guard_risk_model() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.card, old.version, old.form, old.content, old.content_hash, old.developed_by,
      old.registered_at_ms)
     is distinct from (new.tenant_id, new.card, new.version, new.form, new.content, new.content_hash, new.developed_by,
      new.registered_at_ms) or old.psi_baseline is distinct from new.psi_baseline then
    raise exception 'model %: what it is never changes, register another version', old.model
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.stage <> new.stage and not (case old.stage
      when 'developed' then new.stage in ('tested', 'retired')
      when 'tested' then new.stage in ('reviewed', 'declined', 'retired')
      when 'reviewed' then new.stage in ('active', 'retired')
      when 'active' then new.stage in ('lapsed', 'retired')
      when 'lapsed' then new.stage in ('active', 'retired')
      else false end) then
    raise exception 'model % is % and does not become %', old.model, old.stage, new.stage
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger model_life before update on risk_model for each row execute function guard_risk_model();
select make_permanent('risk_model');

create table model_event (
  tenant_id text not null,
  card text not null,
  version text not null,
  event_id bigint generated always as identity,
  event_key text not null,
  kind text not null check (kind in ('registered', 'test', 'review', 'promotion', 'revalidation', 'lapse', 'retirement')),
  at_ms bigint not null,
  by text not null,
  -- The stage after it, why, and what was measured.
  body jsonb not null check (jsonb_typeof(body) = 'object'),
  primary key (tenant_id, card, version, event_id),
  constraint model_event_once unique (tenant_id, card, version, event_key),
  foreign key (tenant_id, card, version) references risk_model
);
comment on table model_event is 'The life of a model: who did what, when and why. No personal data. Append-only.';
select make_append_only('model_event');

alter table evidence_record drop constraint evidence_record_kind_check;
alter table evidence_record add constraint evidence_record_kind_check check (kind in ('notice-decision',
  'notice-outcome', 'credit-decision', 'write-off-decision', 'template-decision', 'incident-decision',
  'model-decision'));
alter table refused_message drop constraint refused_message_subject_kind_check;
alter table refused_message add constraint refused_message_subject_kind_check
  check (subject_kind in ('application', 'incident', 'template', 'model'));

-- Scores by the card that gave them, newest first: each decision compares the last ones with the card's baseline.
create index decision_scores_of_card on decision_record
  (tenant_id, (body -> 'basis' ->> 'cardVersion'), decision_id desc)
  where subject_kind = 'application' and decided_by = 'policy' and (body ->> 'scorePoints') is not null;
`;
