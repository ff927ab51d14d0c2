import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Whether colours go to a stream: to a terminal that has them, as Node finds (it honours NO_COLOR, FORCE_COLOR and TERM). */
export function wantsColour(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (stream.isTTY) return stream.hasColors(environment);
  const forced = environment.FORCE_COLOR;
  return forced !== undefined && forced !== "0" && forced !== "false";
}

/** Text for standard output, coloured where that has colours. */
export function coloured(format: Format, text: string): string {
  return wantsColour(process.stdout) ? styleText(format, text) : text;
}
