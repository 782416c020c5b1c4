/** What is refused since a version, while histories of before go on as they went. */
import { patched } from '@temporalio/workflow';

/** Kinds of input; each has a marker in the history of the run that refused one. */
const PATCHES = {
  STARTS: 'starts-judged-strictly',
  CLOCKS: 'clocks-judged',
} as const;

/** The fault, unless this is a replay of a run that went on with it. Where there is no fault, nothing is recorded. */
export function newlyRefused(kind: keyof typeof PATCHES, fault: string | undefined): string | undefined {
  return fault !== undefined && patched(PATCHES[kind]) ? fault : undefined;
}
