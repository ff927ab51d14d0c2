/** How long cancelled activities may go on before the worker ends without them: `HARD_EXIT_SECONDS` of the worker. */
export const hardExitSeconds = 5;

/** What is left, after the worker's hard exit, for what it registered to run at its end and for the kubelet. */
const marginSeconds = 10;

/** When a stopping worker ends, whatever it runs: each step comes after the one before. All in seconds. */
export interface GraceChain {
  /** From SIGTERM on, activities may finish. */
  readonly shutdownGrace: number;
  /** Then they are cancelled, and the process ends. */
  readonly hardExit: number;
  /** Then the kubelet kills whatever is left. A whole number. */
  readonly terminationGracePeriodSeconds: number;
}

/** The chain of a worker. @param shutdownGrace Milliseconds. */
export function graceChain(shutdownGrace: number): GraceChain {
  const seconds = shutdownGrace / 1000;
  const hardExit = seconds + hardExitSeconds;
  return {
    shutdownGrace: seconds,
    hardExit,
    terminationGracePeriodSeconds: Math.ceil(hardExit) + marginSeconds,
  };
}
