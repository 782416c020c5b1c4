/** The change of a borrower's phone, in the transaction of its request. */
import { activeTemplates } from '../../db/messaging/templates/templates';
import { changePhone, type PhoneChange } from '../../db/origination/identities';
import { accountToTell, keepPhoneChangeInInbox } from '../../db/origination/phoneChanges';
import type { PolicyReader } from '../../db/policy/policyReader';
import type { Client } from '../../db/transaction';
import type { Vault } from '../../db/vault';
import { phoneCoolDownMs } from '../../domain/messaging/contact/contactRules';
import { render } from '../../domain/messaging/outbox/noticeText';
import type { IsoDate } from '../../domain/values/calendar';

interface BorrowerRef {
  tenantId: string;
  borrowerId: string;
}

/** Once by the change's id. Who has an account is told through its next step, which the caller asks for. */
export async function keepPhoneChange(
  client: Client,
  { vault, policies }: { vault: Vault; policies: PolicyReader },
  asked: BorrowerRef & { changeId: string; phone: string; recordedBy: string; atMs: number; today: IsoDate },
): Promise<PhoneChange> {
  const { tenantId, borrowerId, changeId, phone, recordedBy, atMs, today } = asked;
  const coolDownMs = phoneCoolDownMs((await policies.inForce(client, tenantId, today)).notices);
  const origin = { source: 'phone-change' as const, sourceId: changeId, recordedBy, atMs };
  const done = await changePhone(client, vault, { tenantId, borrowerId, phone, origin, coolDownMs });
  if (done.status === 'changed' && !(await accountToTell(client, asked))) {
    await warnInInbox(client, { tenantId, borrowerId, version: done.version, atMs });
  }
  return done;
}

/** Who has no account gets no notices: what the old phone would be told is read in the app. */
async function warnInInbox(client: Client, warning: BorrowerRef & { version: number; atMs: number }): Promise<void> {
  const template = (await activeTemplates(client, { ...warning, kinds: ['phone-changed'] })).get('phone-changed');
  if (!template) return;
  const text = render(template.body, template.signature, { productName: '' });
  await keepPhoneChangeInInbox(client, { ...warning, text });
}
