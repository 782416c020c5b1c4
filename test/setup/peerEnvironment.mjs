// The environment of test files: a test that reached for a peer that this machine does not have counts as not run.
import { TestEnvironment } from 'jest-environment-node';
import { isContinuousIntegration } from '../../scripts/peers.mjs';
import { noteNotRun, readEnvironment } from './shared.mjs';

/** Circus keeps an error alone, or beside the place where its test was written. */
const errorOf = (kept) => (Array.isArray(kept) ? kept[0] : kept);

export default class PeerEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.testPath = context.testPath;
  }

  /** The first error tells: what came after it came from a set-up that was not made. */
  async handleTestEvent({ name, test }) {
    if (name !== 'test_done') return;
    const { name: error, peer } = errorOf(test.errors[0]) ?? {};
    const missing = error === 'PeerMissing' ? readEnvironment().missing[peer] : undefined;
    if (!missing || (isContinuousIntegration() && !missing.isData)) return;
    test.errors = [];
    test.status = 'skip';
    noteNotRun({ file: this.testPath, peer });
  }
}
