/** Verification codes of notices: what a text carries is kept as a keyed hash, with what a check of it may tell. */
import type { Product } from '../../domain/products';
import type { NoticeCodes } from '../noticeCodes';
import type { Client } from '../transaction';

export interface IssuedCode {
  tenantId: string;
  noticeId: string;
  /** Mainland China, 11 digits. */
  phone: string;
  code: string;
  product: Product;
  /** Of the bill or instalment, 1 to 12. */
  month: number;
  /** As `maskAmount` of the domain gives it. */
  maskedAmount: string;
  issuedAtMs: number;
  expiresAtMs: number;
}

/**
 * Keeps the code of a text that is about to go out, in the transaction of its attempt. Done again for another attempt
 * with the same text it changes nothing; another text of the same notice adds its own code.
 */
export async function issueCode(client: Client, codes: NoticeCodes, issued: IssuedCode): Promise<void> {
  const { tenantId, noticeId, phone, code, product, month, maskedAmount, issuedAtMs, expiresAtMs } = issued;
  await client.query(
    `insert into notice_code (tenant_id, notice_id, code_hash, phone_hash, product, month, masked_amount, issued_at_ms,
       expires_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      ...[tenantId, noticeId, codes.hashCode(tenantId, phone, code), codes.hashPhone(tenantId, phone)],
      ...[product, month, maskedAmount, issuedAtMs, expiresAtMs],
    ],
  );
}
