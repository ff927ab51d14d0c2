/** Words that Python keeps for itself, and names that the module below uses: no function there can have them. */
const taken = new Set(
  (
    "and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield activity dataclass int len str"
  ).split(" "),
);

/** The activity of a new algorithm: its name as Python writes names. */
export function activityName(name: string): string {
  return taken.has(name) ? `${name}_` : name.replaceAll("-", "_");
}

/**
 * The files of a new algorithm repository, by name. The module is called as in Temporal's own samples: one that had the
 * algorithm's name would hide a package of that name, such as `json` or `torch`.
 */
export function algorithmRepository(name: string): Record<string, string> {
  return {
    "activities.py": `from dataclasses import dataclass

from temporalio import activity


@dataclass
class Result:
    words: int


@activity.defn
def ${activityName(name)}(text: str) -> Result:
    return Result(words=len(text.split()))
`,
    "pyproject.toml": `[project]
name = "${name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["temporalio"]

# What the worker of this algorithm needs; all of it may be left out.
[tool.conduit]
cpu = "250m"
memory = "1Gi"

[tool.conduit.timeouts]
startToClose = "1m"
`,
    "README.md": `# ${name}

An algorithm as Temporal activities: \`activities.py\`. Each commit that changes it goes live by itself.
`,
    ".gitignore": "__pycache__/\n.venv/\n",
  };
}
