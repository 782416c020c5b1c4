/** The cards of the policies that come with a release, as models: governed from the first day, and validated for a year. */
import type { Pool } from 'pg';
import { placeModel } from '../../db/risk/models';
import { inTransaction } from '../../db/transaction';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { MODEL_POLICY, modelNameOf } from '../../domain/risk/modelLife';
import { OWN_PRINCIPAL } from '../../domain/values/principals';
import { DAY_MS } from '../../domain/values/timeUnits';

const NAME = /^([a-z][a-z0-9-]*?)-([0-9][0-9.-]{0,19})$/;

/** Safe to do again: what is on record stays, lapsed or not. Returns the names of those that are new. */
export async function placeShippedModels(
  pool: Pool,
  { tenantId, policies, asOfMs }: { tenantId: string; policies: readonly LendingPolicy[]; asOfMs: number },
): Promise<string[]> {
  const placed: string[] = [];
  for (const { assessment, version: policyVersion } of policies) {
    const content = assessment.scorecard;
    const [, card, version] = NAME.exec(content.version) ?? [];
    // A name of another form is nobody's model: its card decides without being governed.
    if (card === undefined || version === undefined) continue;
    const isNew = await inTransaction(pool, (client) =>
      placeModel(client, {
        tenantId,
        card,
        version,
        form: 'points',
        content,
        developedBy: OWN_PRINCIPAL,
        registeredAtMs: asOfMs,
        validUntilMs: asOfMs + MODEL_POLICY.validityDays * DAY_MS,
        reason: `came with the policy ${policyVersion}`,
      }),
    );
    if (isNew) placed.push(modelNameOf({ card, version }));
  }
  return placed;
}
