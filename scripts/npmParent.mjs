// npm runs us through a shell, and a SIGTERM ends both of them at once without a word to us. Written for any Node that
// knows modules, as creditloom.mjs is.
import { readFileSync } from 'node:fs';

const LOOK_MS = 100;

/**
 * Calls `end` once when npm has gone, or whoever stands between it and us: the signal that ended them was meant for us.
 * Without npm a parent that has gone may be a terminal that was closed on purpose, and nothing is watched.
 */
export function whenNpmIsGone(end) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const npm = parentOf(parent);
  const timer = setInterval(() => {
    const isGone = process.ppid !== parent || (npm !== undefined && parentOf(parent) !== npm);
    if (!isGone) return;
    clearInterval(timer);
    end();
  }, LOOK_MS);
  timer.unref();
}

/** Undefined where the system does not tell it by a file. */
function parentOf(pid) {
  try {
    // After the name in brackets, which may have anything in it: state, parent, …
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ')[1]);
  } catch {
    return undefined;
  }
}
