/** Rows that the database refuses, as it refuses a value that no second try mends. */
import type { Pool } from 'pg';

/** The first decision of a person, whoever it is: a step tries it twice. A sequence counts on when a try is undone. */
export async function refuseFirstDecision(owner: Pool): Promise<void> {
  await owner.query(`
    create sequence decision_of_person;
    create function refuse_first() returns trigger language plpgsql security definer as $$ begin
      if new.decided_by not in ('policy', 'deadline') and nextval('public.decision_of_person') <= 2 then
        raise exception 'broken on purpose' using errcode = '22021';
      end if;
      return new;
    end $$;
    create trigger refuse_first before insert on decision_record for each row execute function refuse_first();`);
}
