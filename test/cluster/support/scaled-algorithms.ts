import { pyproject } from "../../support/algorithms.ts";
import type { RealAlgorithm } from "./real-stack.ts";

/** Seconds after which a worker that has nothing to do is taken away. */
export const idleSeconds = 10;

/** Little of everything: the node is a part of this machine. */
const small = { cpu: "10m", memory: "256Mi" };
const idleAfter = `${idleSeconds}s`;

/** Short activities, of which many come at once. */
const tagger: RealAlgorithm = {
  files: {
    "algorithm.py": `import time

from temporalio import activity


@activity.defn
def tag(text: str) -> str:
    time.sleep(0.2)
    return text.upper()
`,
    "pyproject.toml": pyproject(),
  },
  entry: { ...small, scaling: { min: 0, max: 5, idleAfter } },
};

/** A long activity, which goes on where an attempt before it was, as far as that had told, and may be ended early. */
export function training(version: string): Record<string, string> {
  return {
    "algorithm.py": `import time

from temporalio import activity


@activity.defn(no_thread_cancel_exception=True)
def train(steps: int) -> dict:
    told = activity.info().heartbeat_details
    first = told[0] if told else 0
    for step in range(first, steps):
        if activity.is_cancelled():
            break
        time.sleep(1)
        activity.heartbeat(step + 1)
    return {"version": ${JSON.stringify(version)}, "attempt": activity.info().attempt, "first": first}
`,
    "pyproject.toml": pyproject('[tool.conduit.timeouts]\nstartToClose = "10m"\n'),
  };
}

/** An activity that counts in a file how often it was called. */
export function counting(version: string): Record<string, string> {
  return {
    "algorithm.py": `from pathlib import Path

from temporalio import activity

counted = Path("/data/counted")


@activity.defn
def count() -> str:
    number = int(counted.read_text()) + 1 if counted.exists() else 1
    counted.write_text(str(number))
    return f"{number} by ${version}"
`,
    "pyproject.toml": pyproject(),
  };
}

/** The same code on two lanes. */
const ranker: RealAlgorithm = {
  files: {
    "algorithm.py": `import os

from temporalio import activity

queue = os.environ["CONDUIT_TASK_QUEUE"]


@activity.defn
def index(texts: list[str]) -> dict:
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for word in text.split():
            places.setdefault(word, []).append(place)
    return {"places": places, "queue": queue}


@activity.defn
def find(places: dict[str, list[int]], word: str) -> dict:
    return {"places": places.get(word, []), "queue": queue}
`,
    "pyproject.toml": pyproject(),
  },
  entry: {
    ...small,
    lanes: {
      online: { scaling: { min: 1, max: 2, idleAfter } },
      offline: { scaling: { min: 0, max: 1, idleAfter }, memory: "512Mi" },
    },
  },
};

/** One for each way in which workers come and go. */
export const scaledAlgorithms = {
  tagger,
  trainer: { files: training("first"), entry: { ...small, scaling: { min: 0, max: 2, idleAfter } } },
  counter: {
    files: counting("first"),
    entry: { ...small, scaling: { min: 1 }, state: { size: "1Gi", mountPath: "/data" } },
  },
  ranker,
} satisfies Record<string, RealAlgorithm>;
