/**
 * The rounds in which an application's sources are asked: all that lack something side by side, then the judgement by what
 * they have shown. When the next round is, the judgement says.
 */
import type { ApplicationRef, AssessmentOutcome, SourcesToAsk } from '../../contracts/activities';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { assessment, retryThroughOutage, sources } from '../proxies';
import type { WorkflowHost } from '../workflowHost';

export class SourceRounds<Message, Answer> {
  private next: SourcesToAsk | undefined;
  /** Of the last round, what came of each that did not show all. */
  private unanswered: string[] = [];

  constructor(
    private readonly host: WorkflowHost<Message, Answer>,
    private readonly application: ApplicationRef,
  ) {}

  /** After each judgement: whom it wants asked again, and when. */
  follow({ toAsk }: Pick<AssessmentOutcome, 'toAsk'>): void {
    this.next = toAsk;
  }

  /** The next round before an instant; undefined where nobody is asked again until then. */
  before(endMs: number | undefined): SourcesToAsk | undefined {
    return this.next && (endMs === undefined || this.next.atMs < endMs) ? this.next : undefined;
  }

  /** Each by its own bounds: one that does not answer is no failure, and holds up no other. */
  async ask({ kinds, round, atMs }: SourcesToAsk): Promise<void> {
    const { time } = this.host;
    const { tenantId, applicationId } = this.application;
    this.unanswered = [];
    for (let left = kinds; left.length > 0; ) {
      const asOfMs = time.stepInstant(atMs);
      const asking = left.map(async (kind) => {
        const summary = `${kind} source, round ${round}`;
        const input = { tenantId, applicationId, kind, asOfMs };
        const ask = () => sources.askSource.executeWithOptions({ summary }, [input]);
        return { kind, answer: await retryThroughOutage(`asking the ${kind} source`, ask) };
      });
      const early: typeof kinds = [];
      for (const { kind, answer } of await Promise.all(asking)) {
        if (time.isEarly(answer)) early.push(kind);
        else if (answer.status !== 'complete') this.unanswered.push(`${kind}: ${answer.detail ?? answer.status}`);
      }
      left = early;
    }
  }

  /** Nothing new is decided where nothing came. */
  async judge({ round, atMs }: SourcesToAsk, policyVersion: string): Promise<AssessmentOutcome> {
    const { tenantId, applicationId } = this.application;
    const summary = `assessment after round ${round}`;
    const { result } = await this.host.step('judging what sources showed', atMs, (asOfMs) =>
      assessment.judgeGathered.executeWithOptions({ summary }, [
        { tenantId, applicationId, asOfMs, policyVersion, round },
      ]),
    );
    return result;
  }

  /** What operators see of a referral that waits for sources. */
  linesBefore(endMs: number | undefined): string[] {
    const missing = this.unanswered.length === 0 ? [] : [`not shown in full: ${this.unanswered.join('; ')}`];
    const next = this.before(endMs);
    if (!next) return missing;
    const at = instantWords(next.atMs, SHANGHAI);
    return [...missing, `asks again at ${at}: ${next.kinds.join(', ')}; it is judged by itself when all is there`];
  }
}
