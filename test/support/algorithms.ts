/** The files of a small algorithm, whose activity `answer` says which version it is. */
export function answering(version: string): Record<string, string> {
  return {
    "algorithm.py": `from temporalio import activity


@activity.defn
def answer() -> str:
    return ${JSON.stringify(version)}
`,
    "pyproject.toml": pyproject(),
  };
}

/** An algorithm whose activity `work` lasts as long as it is told, and says which version it is. */
export function working(version: string): Record<string, string> {
  return {
    "algorithm.py": `import time

from temporalio import activity


@activity.defn
def work(seconds: float) -> str:
    time.sleep(seconds)
    return ${JSON.stringify(version)}
`,
    "pyproject.toml": pyproject(`
[tool.conduit]
concurrency = 10
shutdownGrace = "10m"
`),
  };
}

/** A project file without any dependency but the SDK. */
export function pyproject(settings = ""): string {
  return `[project]
name = "algorithm"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["temporalio"]
${settings}`;
}

/** Like `answering`, for an algorithm that can be imported only once there is a file `gate`. */
export function gated(version: string, gate: string): Record<string, string> {
  const wait = `import os
import time

while not os.path.exists(${JSON.stringify(gate)}):
    time.sleep(0.05)
`;
  return { ...answering(version), "algorithm.py": wait + answering(version)["algorithm.py"] };
}
