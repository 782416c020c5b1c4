/** The gateway as one sender uses it: each message carries, signed, who sends it. */
import { type StartOf, updateIdOf, type WorkflowGateway } from '../contracts/gateway';
import { rowOf, type StartedByMessages, workflowIdOf } from '../contracts/workflowTypes';
import type { ActorSeals } from '../db/evidence/actorSeals';

export interface Acting {
  gateway: WorkflowGateway;
  actors: ActorSeals;
  principal: string;
  /** Real milliseconds. */
  now(): number;
}

/** Messages without content, and starts that record no sender, go as they are. */
export function actingAs({ gateway, actors, principal, now }: Acting): WorkflowGateway {
  const signed = <Message>(workflowId: string, name: string, message: Message, messageId?: string): Message =>
    actors.signed(
      { workflowId, name, message: message as Message & object },
      { principal, issuedAtMs: now(), messageId },
    );
  const signedAll = <Args extends unknown[]>(workflowId: string, name: string, args: Args): Args =>
    args.map((arg) => signed(workflowId, name, arg)) as Args;
  const idOf = ({ type, input }: StartOf<StartedByMessages>) => workflowIdOf(type, input);
  return {
    start: (type, input) =>
      gateway.start(type, rowOf(type).isStartSigned ? signed(workflowIdOf(type, input), type, input) : input),
    signal: (workflowId, definition, ...args) =>
      gateway.signal(workflowId, definition, ...signedAll(workflowId, definition.name, args)),
    signalWithStart: (start, definition, ...args) =>
      gateway.signalWithStart(start, definition, ...signedAll(idOf(start), definition.name, args)),
    update: (workflowId, definition, arg, updateId) =>
      gateway.update(workflowId, definition, signed(workflowId, definition.name, arg, updateIdOf(updateId)), updateId),
    updateWithStart: (start, definition, arg, updateId) =>
      gateway.updateWithStart(
        start,
        definition,
        signed(idOf(start), definition.name, arg, updateIdOf(updateId)),
        updateId,
      ),
    query: (workflowId, definition) => gateway.query(workflowId, definition),
  };
}
