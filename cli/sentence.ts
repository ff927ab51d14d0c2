import { commandName } from "../tools/command-name.ts";
import { defaultStack } from "./context.ts";
import type { AlgorithmStatus } from "./json/status.ts";
import { outOfMemory, outOfMemoryReason, whileItRan } from "./worker-end.ts";

/** What is so with an algorithm, in one sentence: above all why a call waits. */
export function sentenceOf(status: Untold, stack: string = defaultStack): string {
  const { name, state, unapplied, elsewhere } = status;
  const [wrong] = elsewhere;
  const command = (verb: string) => commandOn(stack, verb);
  switch (state) {
    case "unsupported":
      return `This platform cannot run \`${name}\`, so no call is answered: it does not apply ${listed(unapplied)}.`;
    case "down":
      return status.problem !== null
        ? "No worker polls its task queue: its newest version could not be made live."
        : `No worker polls its task queue: start one with \`${command("up")}\`.`;
    case "disconnected":
      // On Kubernetes the status tells why, beneath its table.
      return status.workers === null
        ? `Its worker runs, but Temporal does not answer: start it with \`${command("up")}\`.`
        : "Its worker runs, but Temporal does not answer this machine.";
    case "restarting":
      return `Its worker is restarting: ${restartsOf(status)}; see \`${command(`logs ${name}`)}\`.`;
    case "starting":
      return startingSentence(status);
    case "paused":
      return `${backlogSentence(status)}: its autoscaler is paused, and starts no worker until that annotation is taken off.`;
    case "asleep":
      if (status.backlog === 0) return "Nothing waits: its worker sleeps, and the next call wakes it.";
      return `${waiting(status.backlog)}, and its worker is about to be woken.`;
    case "live":
      return wrong ? wrongNamespace(status, wrong) : liveSentence(status);
  }
}

type Untold = Omit<AlgorithmStatus, "says">;

/** A command for people, on the stack that is meant. */
export function commandOn(stack: string, verb: string): string {
  return `${commandName} ${verb}${stack === defaultStack ? "" : ` --stack ${stack}`}`;
}

function backlogSentence({ backlog }: Untold): string {
  return backlog > 0 ? waiting(backlog) : "Nothing waits";
}

function startingSentence({ workers, problem }: Untold): string {
  if (workers === null) return "Its worker is starting, and does not poll its task queue yet.";
  return problem === null
    ? `Its workers are starting: ${workersReady(workers)}.`
    : `Its workers do not start: ${workersReady(workers)}.`;
}

function workersReady({ wanted, ready }: NonNullable<Untold["workers"]>): string {
  if (ready === 0) return "none of its workers is ready";
  return `${ready} of ${counted(wanted, "worker")} ${ready === 1 ? "is" : "are"} ready`;
}

/** `it ended 3 times in the last 10 minutes, last with SIGKILL`, and what it ran. */
export function restartsOf({ restarts }: Pick<AlgorithmStatus, "restarts">): string {
  if (restarts === null) return "it has not ended in the last 10 minutes";
  const { count, how, running } = restarts;
  const last =
    how === outOfMemory
      ? `the last time because ${outOfMemoryReason(running ?? [])}`
      : `last with ${how}${whileItRan(running ?? [])}`;
  return `it ended ${counted(count, "time")} in the last 10 minutes, ${last}`;
}

/** `1 time`, `2 times`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}

function wrongNamespace({ name, namespace }: Untold, wrong: { namespace: string; backlog: number }) {
  return (
    `${waiting(wrong.backlog)} on the task queue \`${name}\` of the namespace \`${wrong.namespace}\`, which no worker ` +
    `polls: call it from a workflow of the namespace \`${namespace}\`.`
  );
}

function liveSentence(status: Untold): string {
  const { backlog, inFlight, slots, draining, workers } = status;
  if (workers !== null) return scaledSentence(status, workers);
  const busy = slots !== null && inFlight !== null && inFlight >= slots;
  if (backlog > 0 && busy) {
    return `${waiting(backlog)}: its worker is busy with the ${slots} that it runs at a time (\`concurrency\`).`;
  }
  if (backlog > 0) return `${waiting(backlog)}, and its worker is about to take them.`;
  const drains = draining > 0 ? `, and ${counted(draining, "older worker")} still to end` : "";
  return `Nothing waits: its worker polls, with ${counted(inFlight ?? 0, "activity", "activities")} running${drains}.`;
}

/** Where an autoscaler decides how many workers there are. */
function scaledSentence({ backlog, draining, pollers }: Untold, workers: NonNullable<Untold["workers"]>): string {
  const drains = draining > 0 ? `, and ${counted(draining, "older worker")} still to end` : "";
  if (backlog === 0) {
    // While all slots of a worker are taken it does not poll.
    const idle = pollers < workers.ready ? `, ${pollers} of them with room for more` : "";
    return `Nothing waits: ${counted(workers.ready, "worker is", "workers are")} ready${idle}${drains}.`;
  }
  if (workers.ready < workers.wanted) return `${waiting(backlog)}: ${workersReady(workers)}.`;
  if (workers.wanted >= workers.most) {
    return `${waiting(backlog)}: all ${counted(workers.most, "worker")} that \`scaling.max\` allows are busy.`;
  }
  return `${waiting(backlog)}, and its ${counted(workers.ready, "worker")} or a new one is about to take them.`;
}

function waiting(count: number): string {
  return counted(count, "activity waits", "activities wait");
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
