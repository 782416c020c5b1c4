/** Credit decisions of persons beside the rules: who overrules how often, and what became of it. */
import { z } from 'zod';
import { countOverrides } from '../../db/origination/overrides';
import { callerOf } from '../http/authentication';
import { keyed, type Routes } from '../http/route';
import { problems } from '../schemas';

const overridesView = z
  .object({
    items: z.array(
      z.object({
        decidedBy: z.string(),
        side: z.string().describe('`agrees`, `low-side` (approved what the rules would not) or `high-side`.'),
        decisions: z.int(),
        opened: z.int().describe('Credits that were opened under what was granted.'),
        bad: z.int().describe('Of them, now more than 30 days past due, in review or written off.'),
      }),
    ),
  })
  .describe('By person and side.');

export const decisionRoutes: Routes = (app, context) => {
  app.get(
    '/v1/decisions/overrides',
    keyed('portfolio:read', 'applications', {
      summary: 'Count how persons decided beside the rules, and what became of the credit',
      cost: 5,
      response: { 200: overridesView, ...problems(401, 403, 503) },
    }),
    async (request) => ({ items: await countOverrides(context.pool, callerOf(request)) }),
  );
};
