/** Name of the database that holds the schema and is cloned by test files. */
export const TEMPLATE = 'creditloom_template';

/** Tells whether a process id is in use. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
