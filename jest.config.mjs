/** As tsc does: `import()` stays native, which packages without a CommonJS build need. */
const swc = (syntax) => [
  '@swc/jest',
  {
    module: { type: 'commonjs', ignoreDynamic: true },
    jsc: { parser: { syntax }, target: 'es2022' },
    sourceMaps: 'inline',
  },
];

/** Packages without a CommonJS build: Node lets us `require` them, and Jest's own loader only behind an experimental flag. */
const ES_ONLY = 'cockatiel|content-disposition|cookie';

/** Tests run the TypeScript sources; `dist/` is used by the global setup only. */
export default {
  rootDir: import.meta.dirname,
  // Not a glob of the whole path: the project may lie in a folder whose name has brackets.
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': swc('typescript'),
    [`/node_modules/(?:${ES_ONLY})/.+\\.js$`]: swc('ecmascript'),
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${ES_ONLY})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.creditloom/'],
  globalSetup: '<rootDir>/test/setup/globalSetup.mjs',
  globalTeardown: '<rootDir>/test/setup/globalTeardown.mjs',
  testEnvironment: '<rootDir>/test/setup/peerEnvironment.mjs',
  reporters: ['<rootDir>/test/setup/reporter.mjs'],
  // Each test file may run a Temporal server, a worker and its workflow threads of its own; stories wait for them more
  // than they compute, so that two cores carry three.
  maxWorkers: 3,
  // Ends what hangs. It judges no speed: replaying all histories takes a minute where two cores have other work.
  testTimeout: 300_000,
};
