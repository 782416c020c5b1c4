/**
 * How an account is told or asked something over HTTP. A row for each message says what differs; a route is made of it
 * here.
 */
import type { SignalDefinition } from '@temporalio/common';
import type { z } from 'zod';
import type { AccountClient } from '../../contracts/credit/accountClient';
import type { AccountRow } from '../../db/credit/accounts';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import { type ApiContext, refuseFuture } from '../context';
import { principalOf } from '../http/acting';
import { callerOf, type Scope } from '../http/authentication';
import { answerOnce, keyOf, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { type App, keyed } from '../http/route';
import { problems } from '../schemas';
import { received } from '../views';
import { dateOr, knownAccount, onlyOf, REFUSALS, workflowOf } from './accountWorkflow';

/** Of what was sent; the principal of the key stands for who is not named. */
interface Sent<Params, Body> {
  params: Params;
  body: Body;
  principal: string;
}

/** A message before it is dated and signed. */
type Undated<Message, Dated extends keyof Message> = Omit<Message, 'actor' | 'undated' | Dated> & {
  [Name in Dated]?: Message[Name] | undefined;
};

/** Where a message goes, and under what. */
export interface Addressed {
  account: AccountRow;
  workflow: AccountClient;
  /** Of the request. */
  key: string;
  /** The date that was told. */
  on: IsoDate | undefined;
}

export interface AccountMessage<
  Params extends z.ZodType,
  Body extends z.ZodType,
  Message,
  Dated extends keyof Message & string,
> {
  path: string;
  scope: Scope;
  summary: string;
  description?: string;
  params: Params;
  body: Body;
  /** The product that it is for, and what the other one has not. */
  only?: [Product, string];
  /** Refuses at once what the account shows to be wrong. */
  refuse?(account: AccountRow, body: z.output<Body>): void;
  messageOf(sent: Sent<z.output<Params>, z.output<Body>>): NoInfer<Undated<Message, Dated>>;
  /** Date of the message: not in the future, and that of the first arrival where none was told. */
  dated?: Dated;
}

interface MessageRoute<Params extends z.ZodType, Body extends z.ZodType, Message, Dated extends keyof Message & string>
  extends AccountMessage<Params, Body, Message, Dated> {
  response: Record<number, unknown>;
  send(message: Message, to: Addressed): Promise<WriteAnswer>;
}

export function messageRoute<
  Params extends z.ZodType,
  Body extends z.ZodType,
  Message,
  Dated extends keyof Message & string = never,
>(app: App, context: ApiContext, route: MessageRoute<Params, Body, Message, Dated>): void {
  const { path, scope, summary, description, params, body, response, dated } = route;
  const schema = { summary, description, headers: writeHeaders, params, body, response };
  app.post(path, keyed(scope, 'accounts', schema), async (request, reply) => {
    const sent = {
      params: request.params as z.output<Params>,
      body: request.body as z.output<Body>,
      principal: principalOf(request),
    };
    const { id: accountId } = request.params as { id: string };
    const account = await knownAccount(context.pool, { tenantId: callerOf(request).tenantId, accountId });
    if (route.only) onlyOf(route.only[0], account, route.only[1]);
    route.refuse?.(account, sent.body);
    const told = route.messageOf(sent);
    const on = dated === undefined ? undefined : (told as Partial<Record<string, IsoDate>>)[dated];
    if (dated !== undefined) refuseFuture(context, dated, on);
    return answerOnce(context, request, reply, {
      perform: (arrivedAtMs) => {
        const date = dated === undefined ? {} : dateOr(context, dated, on, arrivedAtMs);
        const workflow = workflowOf(context, request, account);
        return route.send({ ...told, ...date } as Message, { account, workflow, key: keyOf(request), on });
      },
    });
  });
}

interface SignalRoute<Params extends z.ZodType, Body extends z.ZodType, Message, Dated extends keyof Message & string>
  extends AccountMessage<Params, Body, Message, Dated> {
  signal: SignalDefinition<[Message]>;
  idOf(message: NoInfer<Message>): string;
  /** What the caller is told where the date cannot be the day on which it counts. */
  moved(account: AccountRow, on: IsoDate | undefined, message: NoInfer<Message>): object;
}

/** What is told and not refused: taken by a closed account too, which lives again for it. */
export function signalRoute<
  Params extends z.ZodType,
  Body extends z.ZodType,
  Message,
  Dated extends keyof Message & string,
>(app: App, context: ApiContext, { signal, idOf, moved, ...row }: SignalRoute<Params, Body, Message, Dated>): void {
  messageRoute<Params, Body, Message, Dated>(app, context, {
    ...row,
    response: { 202: received, ...problems(...REFUSALS) },
    send: async (message, { account, workflow, on }) => {
      await workflow.signal(signal, message);
      const { accountId } = account;
      const body = { status: 'received', accountId, id: idOf(message), ...moved(account, on, message) };
      return { status: 202, body };
    },
  });
}
