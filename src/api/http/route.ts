/** What every file of routes is given, and the small things that all of them need. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifySchema, RawServerDefault } from 'fastify';
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
  | 'models'
  | 'contacts'
  | 'templates'
  | 'keys'
  | 'health';

const SECURITY_BY_KEY = [{ apiKey: [] }];

interface Described {
  summary: string;
  description?: string | undefined;
  /** In requests; 1 where it is left out. */
  cost?: number;
}

/** A route for holders of a key: who may call it, for Fastify and for the reader of the OpenAPI document alike. */
export function keyed<Schema extends Omit<FastifySchema, 'description'> & Described>(
  scope: Scope,
  tag: Tag,
  { cost, description, ...schema }: Schema,
) {
  return {
    config: { access: { scope }, ...(cost === undefined ? {} : { cost }) },
    schema: {
      ...schema,
      tags: [tag],
      description: [description, `Scope: \`${scope}\`.`].filter(Boolean).join(' '),
      security: SECURITY_BY_KEY,
    },
  };
}
