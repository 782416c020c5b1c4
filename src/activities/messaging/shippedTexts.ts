/**
 * The texts that come with the program. They were written by one person and reviewed by another: each is put in place as
 * it was reviewed, and its review is kept under seal for the wordings that still are what was shipped.
 */
import { activateTemplate, listTemplates } from '../../db/messaging/templates/templates';
import { recordWordingReview } from '../../db/messaging/templates/wordingReviews';
import type { WordingSeals } from '../../db/messaging/templates/wordingSeals';
import { type Client, inTransaction } from '../../db/transaction';
import type { WordingName } from '../../domain/messaging/outbox/wordings';
import type { NoticeTemplate } from '../../domain/policy/shippedTemplates';
import type { ActivityDependencies } from '../dependencies';

export interface ShippedTexts {
  signature: string;
  texts: Readonly<Record<WordingName, NoticeTemplate>>;
}

type ShippedTextDependencies = Pick<ActivityDependencies, 'pool'> & { seals: WordingSeals; shipped: ShippedTexts };

export function createShippedTextActivities({ pool, seals, shipped }: ShippedTextDependencies) {
  return {
    // Safe to retry: a review that is kept stays as it is.
    async recordShippedReviews({ tenantId, atMs }: { tenantId: string; atMs: number }): Promise<void> {
      await inTransaction(pool, async (client) => {
        for (const { kind, version, body, signature } of await listTemplates(client, { tenantId })) {
          const text = shipped.texts[kind];
          if (text?.version !== version || text.body !== body || signature !== shipped.signature) continue;
          const { submittedBy, approvedBy } = text;
          await recordWordingReview(client, seals, { tenantId, kind, version, submittedBy, approvedBy, atMs });
        }
      });
    },
  };
}

/**
 * Puts the texts in place, as the owner and in the caller's transaction; what is there already stays. Throws, with
 * nothing in place, for a version that has other wording.
 */
export async function placeShippedTexts(
  client: Client,
  { signature, texts }: ShippedTexts,
  { tenantId }: { tenantId: string },
): Promise<void> {
  for (const [kind, text] of Object.entries(texts)) {
    const wording = { tenantId, kind: kind as WordingName, signature, ...text };
    if ((await activateTemplate(client, wording)) === 'conflict') {
      throw new Error(`template ${kind} ${text.version} has other wording in the database: give it a new version`);
    }
  }
}
