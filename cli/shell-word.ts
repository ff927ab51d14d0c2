/** A text as one word of a shell's command line, quoted only where the shell would read it otherwise. */
export function shellWord(text: string): string {
  return /^[-\w./:=@]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The line that sets a variable in a shell, for `eval`. */
export function exportLine(name: string, value: string): string {
  return `export ${name}=${shellWord(value)}`;
}
