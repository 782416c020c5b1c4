/** Whether the system can do its work: the one route that is open to all, and tells nothing else. */
import { answers } from '../../db/operations/session';
import { type ApiContext, businessToday } from '../context';
import type { Routes } from '../http/route';
import { healthView } from '../views';

const ANSWER_WITHIN_MS = 2_000;

export const healthRoutes: Routes = (app, context) => {
  let looking: Promise<[boolean, boolean]> | undefined;
  /** Who asks while a look is under way shares it: anybody may ask, and each look costs the database and Temporal. */
  const check = () => {
    looking ??= Promise.all([databaseAnswers(context), context.gateway.isReachable()]).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  app.get(
    '/health',
    {
      // What tells a balancer that we live is never refused.
      config: { access: 'open', cost: 0 },
      // A probe comes every few seconds: its lines would hide the others.
      logLevel: 'warn',
      schema: {
        tags: ['health'],
        summary: 'Tell whether the database and Temporal can be reached',
        security: [],
        response: { 200: healthView, 503: healthView },
      },
    },
    async (_request, reply) => {
      const [isDatabaseUp, isTemporalUp] = await check();
      const isUp = isDatabaseUp && isTemporalUp;
      return reply.code(isUp ? 200 : 503).send({
        status: word(isUp),
        database: word(isDatabaseUp),
        temporal: word(isTemporalUp),
        businessDate: businessToday(context),
      });
    },
  );
};

function word(isUp: boolean): 'ok' | 'unavailable' {
  return isUp ? 'ok' : 'unavailable';
}

async function databaseAnswers({ pool }: ApiContext): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS, false);
  });
  const answered = answers(pool).then(
    () => true,
    () => false,
  );
  const isUp = await Promise.race([answered, tooLate]);
  clearTimeout(timer);
  return isUp;
}
