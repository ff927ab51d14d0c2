import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a state holds, asking again every 50 ms.
 *
 * @param state Answers true once it holds; what it throws ends the wait.
 * @param limit.seconds How long at most.
 * @param limit.otherwise Makes the error for when it does not come to hold in time.
 */
export async function eventually(
  state: () => Promise<boolean>,
  limit: { seconds: number; otherwise?: () => Promise<Error> },
): Promise<void> {
  const deadline = performance.now() + limit.seconds * 1000;
  while (!(await state())) {
    if (performance.now() > deadline) {
      throw (await limit.otherwise?.()) ?? new Error(`Waited for ${limit.seconds} s in vain.`);
    }
    await sleep(50);
  }
}
