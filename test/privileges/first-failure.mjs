/** A reporter for Jest: the first test that fails ends the run, and is told by its name. */
export default class FirstFailure {
  onTestCaseResult(_, { status, fullName, failureMessages }) {
    if (status === 'failed') this.end(`${fullName}\n${failureMessages.join('\n')}`);
  }

  onTestResult(_, { testExecError }) {
    if (testExecError) this.end(testExecError.message);
  }

  end(what) {
    console.log(`FAILED ${what}`);
    process.exit(1);
  }
}
