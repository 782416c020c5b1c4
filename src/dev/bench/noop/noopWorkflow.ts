/** The least a workflow can be: started and completed. What a server does with it is the yardstick of the benchmark. */
export async function noop(): Promise<void> {}
