/** What providers push and nothing could be made of: kept as it came, encrypted, and told. */
import type { Pool } from 'pg';
import { insertReceiptTroubles, type SealedRaw } from '../../db/messaging/delivery/receiptTroubles';
import { inTransaction } from '../../db/transaction';
import type { Vault } from '../../db/vault';
import type { ErrorLog } from './callbackKeeping';

export interface Unreadable {
  /** In our words; quotes nothing. */
  fault: string;
  raw: string;
}

/** Keeps each once: a push that comes again brings the same. Told each time, because it is not mended yet. */
export async function keepUnreadable(
  { pool, tenantId, vault, logger }: { pool: Pool; tenantId: string; vault: Vault; logger: ErrorLog },
  { provider, rows, atMs }: { provider: string; rows: readonly Unreadable[]; atMs: number },
): Promise<void> {
  if (rows.length === 0) return;
  const troubles = rows.map(({ fault, raw }) => {
    const troubleKey = vault.fingerprint(tenantId, 'carrierRow', JSON.stringify([provider, raw]));
    const encrypted = vault.encrypt(bindingOf({ tenantId, provider, troubleKey }), raw);
    return { reason: 'unreadable' as const, fault, atMs, troubleKey, raw: { encrypted, keyId: vault.keyId } };
  });
  await inTransaction(pool, (client) => insertReceiptTroubles(client, { tenantId, provider, troubles }));
  const faults = [...new Set(rows.map(({ fault }) => fault))];
  logger.error({ provider, unreadable: rows.length, faults }, 'provider callback unreadable: kept raw');
}

interface TroubleRef {
  tenantId: string;
  provider: string;
  troubleKey: string;
}

/** What came; undefined where nothing is sealed. Throws where the vault has not its key. */
export function openRaw(vault: Vault, ref: TroubleRef, sealed: SealedRaw | undefined): string | undefined {
  return sealed && vault.decrypt(bindingOf(ref), sealed.keyId, sealed.encrypted);
}

function bindingOf({ tenantId, provider, troubleKey }: TroubleRef) {
  return { tenantId, borrowerId: `${provider}/${troubleKey}`, field: 'carrierRow' } as const;
}
