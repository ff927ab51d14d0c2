/**
 * Prints the lines of several logs in the order of their time.
 *
 * @param last How many of them, from the end. @default all
 */
export type ShowLines = (logs: readonly string[], last?: number) => void;

/** Which log is shown, and how. */
export interface LogsRequest {
  /** An algorithm, or `temporal`. */
  readonly name: string;
  /** Whether it is Temporal's server. */
  readonly isServer: boolean;
  /** Whether to go on as it grows. */
  readonly follow: boolean;
  /** Lines from the end. */
  readonly lines: number;
  readonly show: ShowLines;
}
