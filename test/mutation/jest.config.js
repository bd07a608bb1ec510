import base from '../../jest.config.js';

/** The tests of the decision code, which the mutants must not survive. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/unit/decide/*.test.ts', '<rootDir>/test/unit/stamp.test.ts'],
};
