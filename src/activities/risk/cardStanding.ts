/** How the card of a policy stands when a decision is made, read in its transaction; and the card that scores in the shadow. */
import { contentHash } from '../../db/contentHash';
import { modelsNamed, readScores } from '../../db/risk/models';
import type { Client } from '../../db/transaction';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { Assessment } from '../../domain/risk/assessment';
import { type Challenger, type ShadowScore, shadowOf } from '../../domain/risk/challenger';
import { type DecisionBasis, inputOf } from '../../domain/risk/creditDecision';
import { isClosedModel } from '../../domain/risk/modelStages';
import { DRIFT_POLICY, type ModelStanding, standingOf } from '../../domain/risk/modelStanding';

interface Cards {
  standing?: ModelStanding | undefined;
  challenger?: Challenger | undefined;
}

/** Nothing of a card that is not on record: it is not governed, as before there were models. Without an instant none is asked. */
export async function cardsNow(
  client: Client,
  { tenantId, policy, asOfMs }: { tenantId: string; policy: LendingPolicy; asOfMs: number | undefined },
): Promise<Cards> {
  if (asOfMs === undefined) return {};
  const { assessment } = policy;
  const { scorecard, challenger: named } = assessment;
  const names = [scorecard.version, ...(named === undefined ? [] : [named])];
  const models = await modelsNamed(client, { tenantId, names });
  const [champion, second] = [models.get(scorecard.version), named === undefined ? undefined : models.get(named)];
  const challenger =
    second && !isClosedModel(second.stage)
      ? { model: second.model, cardHash: contentHash(second.content), form: second.form, content: second.content }
      : undefined;
  if (!champion) return { challenger };
  const { model, stage, validUntilMs, psiBaseline, content } = champion;
  const cardHash = contentHash(content);
  const isOther = cardHash !== contentHash(scorecard);
  const governed = { model, cardHash, stage, validUntilMs, psiBaseline, ...(isOther ? { isOtherCard: true } : {}) };
  const scores = await readScores(client, { tenantId, model, count: DRIFT_POLICY.decisions });
  return {
    challenger,
    standing: standingOf(governed as typeof governed & { isOtherCard?: true }, scores, { assessment, asOfMs }),
  };
}

/** Of what the rules judged alone. */
export function shadowNow(
  challenger: Challenger | undefined,
  { basis, policy, judged }: { basis: DecisionBasis; policy: LendingPolicy; judged: Assessment },
): ShadowScore | undefined {
  const { request, ours, decider } = basis;
  if (!challenger || decider.by !== 'policy') return undefined;
  return shadowOf(challenger, { input: inputOf(basis), request, policy, ours, scorePoints: judged.scorePoints });
}
