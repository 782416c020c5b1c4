/** What every file of routes is given, and the small things that all of them need. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from '../context';
import type { Scope } from './authentication';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type Routes = (app: App, context: ApiContext) => void;

/** Subjects of the OpenAPI document. */
export type Tag =
  | 'applications'
  | 'offers'
  | 'accounts'
  | 'receipts'
  | 'notices'
  | 'portfolio'
  | 'ledger'
  | 'audit'
  | 'incidents'
  | 'contacts'
  | 'templates'
  | 'keys'
  | 'health';

const SECURITY_BY_KEY = [{ apiKey: [] }];

/** The part of a route that says who may call it, for Fastify and for the reader of the OpenAPI document alike. */
export function keyed(scope: Scope, tag: Tag, summary: string, description?: string) {
  return {
    config: { access: { scope } },
    about: {
      tags: [tag],
      summary,
      description: [description, `Scope: \`${scope}\`.`].filter(Boolean).join(' '),
      security: SECURITY_BY_KEY,
    },
  };
}
