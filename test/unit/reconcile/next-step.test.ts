import { nextStep } from '../../../functions/summarise-reconcile/next-step';

const found = (...Found: number[]) => ({ Repair: true, NotCompared: 0, Found });

test.each([
  ['in step', found(0), 'Done'],
  ['a dry run is over, whatever it found', { ...found(7), Repair: false }, 'Done'],
  ['a range could not be compared', { ...found(0), NotCompared: 1 }, 'Incomplete'],
  ['something was found', found(7), 'Again'],
  ['something is left, but it may wait for an event', found(7, 7, 7), 'Again'],
  ['in step in the end', found(7, 7, 0), 'Done'],
  ['after 36 minutes of waits it is not less', found(9, 9, 9, 9, 9, 9, 9, 9, 9, 9), 'Stuck'],
  ['after 36 minutes it still gets less', found(99, 90, 80, 70, 60, 50, 40, 30, 20, 10), 'Again'],
  ['a dry run that could not compare all', { ...found(7), Repair: false, NotCompared: 1 }, 'Incomplete'],
])('%s', (_, input, decision) => {
  expect(nextStep(input).Decision).toBe(decision);
});

test('waits grow from five seconds to fifteen minutes, and come to more than ten tries take', () => {
  const waits = Array.from({ length: 9 }, (_, i) => nextStep(found(...Array(i + 1).fill(1))).WaitSeconds);
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900]);
  expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(36 * 60);
});
