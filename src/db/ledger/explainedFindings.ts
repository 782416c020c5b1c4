/** What rules of the books have found, and two people have looked at and let go on. */
import type { Explained } from '../../domain/ledger/reconciliation';
import type { Reader } from '../transaction';

/** Of incidents that a rule opened and that are lifted: everything that was found while they were in force. */
export async function readExplained(reader: Reader, { tenantId }: { tenantId: string }): Promise<Explained> {
  const of = async <Item>(reasonCode: string): Promise<Item[]> => {
    const { rows } = await reader.query<{ item: Item }>(
      `select distinct item from incident join incident_event event using (tenant_id, incident_id),
         lateral jsonb_array_elements(event.body->'found') as item
        where tenant_id = $1 and opened_by_kind = 'rule' and reason_code = $2 and lifted_at_ms is not null
          and event.kind in ('opened', 'seen-again') and jsonb_typeof(event.body->'found') = 'array'`,
      [tenantId, reasonCode],
    );
    return rows.map(({ item }) => item);
  };
  return { debits: await of('DEBIT_NOT_BOOKED'), refunds: await of('REFUNDS_ABOVE_PURCHASES') };
}
