/** Holds the index of the workflows to the table of their types, when it is compiled. */
import type { WorkflowFunctions } from '../contracts/workflowTypes';
import type * as workflows from './index';

type Exactly<Expected, Given extends Expected & Record<Exclude<keyof Given, keyof Expected>, never>> = Given;

/** Does not compile where a row of the table has no workflow or another input, or a workflow has no row. */
export type Registered = Exactly<WorkflowFunctions, typeof workflows>;
