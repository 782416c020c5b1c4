/** What the gate tells of a policy that cannot be used. */
export interface PolicyFault {
  path: string;
  /** Continues the path as a sentence. */
  message: string;
}
