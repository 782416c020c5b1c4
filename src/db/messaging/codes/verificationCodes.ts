/** Verification codes of notices: what a text carries is kept as a keyed hash, with what a check of it may tell. */
import type { Product } from '../../../domain/policy/lendingPolicy';
import type { Client } from '../../transaction';
import type { NoticeCodes } from './codeDrawing';

export interface IssuedCode {
  noticeId: string;
  /** Mainland China, 11 digits. */
  phone: string;
  code: string;
  product: Product;
  /** Of the bill or instalment, 1 to 12. */
  month: number;
  /** As `maskAmount` of the domain gives it. */
  maskedAmount: string;
}

/**
 * Keeps the codes of texts that are about to go out, in the transaction of their attempts. Done again for another
 * attempt with the same text it changes nothing; another text of the same notice adds its own code.
 */
export async function issueCodes(
  client: Client,
  codes: NoticeCodes,
  {
    tenantId,
    issuedAtMs,
    expiresAtMs,
    issued,
  }: { tenantId: string; issuedAtMs: number; expiresAtMs: number; issued: readonly IssuedCode[] },
): Promise<void> {
  if (issued.length === 0) return;
  const rows = issued.map(({ phone, code, ...claims }) => ({
    ...claims,
    codeHash: codes.hashCode(tenantId, phone, code),
    phoneHash: codes.hashPhone(tenantId, phone),
  }));
  await client.query(
    `insert into notice_code (tenant_id, notice_id, code_hash, phone_hash, product, month, masked_amount, issued_at_ms,
       expires_at_ms)
     select $1, "noticeId", "codeHash", "phoneHash", product, month, "maskedAmount", $2, $3
       from jsonb_to_recordset($4::jsonb) as given ("noticeId" uuid, "codeHash" text, "phoneHash" text, product text,
         month int, "maskedAmount" text)
     on conflict do nothing`,
    [tenantId, issuedAtMs, expiresAtMs, JSON.stringify(rows)],
  );
}
