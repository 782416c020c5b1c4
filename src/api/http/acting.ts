/** Who acts in a request. */
import type { FastifyRequest } from 'fastify';
import type { WorkflowGateway } from '../../contracts/gateway';
import { actingAs } from '../../platform/signedGateway';
import type { ApiContext } from '../context';
import { callerOf } from './authentication';

/** The gateway as the caller of a request uses it: what goes through it is signed. */
export function actingFor({ gateway, actors, now }: ApiContext, request: FastifyRequest): WorkflowGateway {
  return actingAs({ gateway, actors, now, principal: callerOf(request).principal });
}

/** Who acts in a request, for what is recorded without a workflow. */
export function principalOf(request: FastifyRequest): string {
  return callerOf(request).principal;
}
