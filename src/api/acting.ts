/** The gateway as one caller uses it: each message to Temporal carries, signed, who sends it. */
import type { FastifyRequest } from 'fastify';
import { workflowIdOfAccount, workflowIds } from '../contracts';
import type { ActorSeals } from '../db/actorSeals';
import { callerOf } from './authentication';
import type { ApiContext } from './context';
import { type AccountStart, APPLICATION_WORKFLOW, type TemporalGateway, updateIdOf } from './temporalGateway';

export interface Acting {
  gateway: TemporalGateway;
  actors: ActorSeals;
  principal: string;
  /** Real milliseconds. */
  now(): number;
}

/** As the caller of a request. */
export function actingFor({ gateway, actors, now }: ApiContext, request: FastifyRequest): TemporalGateway {
  return actingAs({ gateway, actors, now, principal: callerOf(request).principal });
}

/** Who acts in a request, for what is recorded without a workflow. */
export function principalOf(request: FastifyRequest): string {
  return callerOf(request).principal;
}

export function actingAs({ gateway, actors, principal, now }: Acting): TemporalGateway {
  const signed = <Message>(workflowId: string, name: string, message: Message, messageId?: string): Message =>
    actors.signed(
      { workflowId, name, message: message as Message & object },
      { principal, issuedAtMs: now(), messageId },
    );
  const ofAccount = ({ product, tenantId, accountId }: AccountStart) =>
    workflowIdOfAccount(product, { tenantId, accountId });
  return {
    start: (input) => {
      const workflowId = workflowIds.application(input.tenantId, input.applicationId);
      return gateway.start(signed(workflowId, APPLICATION_WORKFLOW, input));
    },
    signalAccount: (account, definition, message) =>
      gateway.signalAccount(account, definition, signed(ofAccount(account), definition.name, message)),
    update: (workflowId, definition, arg, updateId) =>
      gateway.update(workflowId, definition, signed(workflowId, definition.name, arg, updateIdOf(updateId)), updateId),
    updateAccount: (account, definition, arg, updateId) =>
      gateway.updateAccount(
        account,
        definition,
        signed(ofAccount(account), definition.name, arg, updateIdOf(updateId)),
        updateId,
      ),
    query: (workflowId, definition) => gateway.query(workflowId, definition),
    startIncident: (input) => gateway.startIncident(input),
    startTemplateReview: (input) => gateway.startTemplateReview(input),
    isReachable: () => gateway.isReachable(),
  };
}
