/** Tests are ES modules, as the code is; jest runs those with Node's --experimental-vm-modules (see test/run.ts). */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', experimental: { keepImportAttributes: true } } }],
  },
  testTimeout: process.env.MARS_TEST_PREFIX ? 2_400_000 : 120_000, // against a hang only; AWS takes its time
  maxWorkers: 4, // most of the time they wait
};
