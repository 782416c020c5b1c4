/** The client of an account's workflow: what its contract lets others say to it, over a narrow gateway. */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { StartOf, UpdateOutcome, WorkflowGateway } from '../gateway';
import { ACCOUNT_WORKFLOWS, workflowIdOfAccount } from '../workflowTypes';
import { type AccountInput, type AccountState, accountState } from './account';

/** An account of the books, as its workflow is started. */
export interface AccountStart extends Pick<AccountInput, 'tenantId' | 'accountId' | 'clock'> {
  product: Product;
}

export interface AccountClient {
  readonly workflowId: string;
  /** Starts it at its opening; a second start, even after its end, changes nothing. */
  start(): Promise<void>;
  /**
   * One that has ended lives again for the message. The first step of its new run finds the opening in the books, so
   * that nothing happens twice.
   */
  signal<Args extends unknown[]>(definition: SignalDefinition<Args>, ...args: Args): Promise<void>;
  signalIfRunning<Args extends unknown[]>(
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<'told' | 'not-running'>;
  /** `key`: of the request; sent again, it is answered as before. */
  update<Answer, Message>(
    definition: UpdateDefinition<Answer, [Message]>,
    message: Message,
    key: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** One that has ended lives again for it. */
  updateEvenClosed<Answer, Message>(
    definition: UpdateDefinition<Answer, [Message]>,
    message: Message,
    key: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** Undefined when it does not run. */
  state(): Promise<AccountState | undefined>;
}

export function accountClient(gateway: WorkflowGateway, account: AccountStart): AccountClient {
  const { tenantId, accountId, product, clock } = account;
  const type = ACCOUNT_WORKFLOWS[product];
  // Field by field: what else a row of the books has must not reach Temporal.
  const input: AccountInput = { tenantId, accountId, clock };
  const start: StartOf<typeof type> = { type, input };
  const workflowId = workflowIdOfAccount(product, input);
  return {
    workflowId,
    start: () => gateway.start(type, input),
    signal: (definition, ...args) => gateway.signalWithStart(start, definition, ...args),
    signalIfRunning: (definition, ...args) => gateway.signal(workflowId, definition, ...args),
    update: (definition, message, key) => gateway.update(workflowId, definition, message, key),
    updateEvenClosed: (definition, message, key) => gateway.updateWithStart(start, definition, message, key),
    state: () => gateway.query(workflowId, accountState),
  };
}
