/** Tests are ES modules, as the code is; jest runs those with Node's --experimental-vm-modules (see test/run.ts). */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', experimental: { keepImportAttributes: true } } }],
  },
  testTimeout: 120_000, // against a hang only
  maxWorkers: 3, // most of the time they wait
};
