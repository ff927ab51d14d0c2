import { styleText } from "node:util";
import { wantsColour } from "./colour.ts";
import { columnsOf, formatElapsed, plain, wrap } from "./terminal.ts";

/** Tells what a run is doing, for people. */
export interface Progress {
  /** Something begins, or a part of it, such as a download. */
  readonly doing: (name: string, what: string) => void;
  /** It is over. */
  readonly done: (name: string) => void;
  /** A line that stays. */
  readonly tell: (line: string) => void;
  /** The run is over: nothing is being done any more. */
  readonly stop: () => void;
}

/** On a terminal an area below the lines, which lives; elsewhere plain lines. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? livingProgress(stream) : plainProgress((line) => stream.write(`${line}\n`));
}

/** Each thing is a line when it begins. */
export function plainProgress(write: (line: string) => void): Progress {
  const doing = (name: string, what: string) => write(`  ${name}: ${plain(what)}`);
  return { doing, done: () => {}, tell: write, stop: () => {} };
}

/** Milliseconds between two pictures of the area. */
const redrawEvery = 1000;

/** Things that the area shows; more are counted. */
const shownAtMost = 8;

/** What is being done, each with how long it has taken, on lines that are drawn again and again. Exported for tests. */
export function livingProgress(stream: NodeJS.WriteStream): Progress {
  const going = new Map<string, { what: string; since: number }>();
  let drawn = 0;
  /** Up to the area's first line, and all below it cleared (ECMA-48: CUU, ED). */
  const erase = () => {
    if (drawn > 0) stream.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const lines = [...going].map(
      ([name, { what, since }]) => `  ${name}: ${what}, ${formatElapsed(Date.now() - since)}`,
    );
    const shown =
      lines.length > shownAtMost ? [...lines.slice(0, shownAtMost), `  … ${lines.length - shownAtMost} more`] : lines;
    // A line that the terminal wraps would be two.
    for (const line of shown) stream.write(`${dimmed(line.slice(0, columnsOf(stream) - 1), stream)}\n`);
    drawn = shown.length;
  };
  const timer = setInterval(draw, redrawEvery);
  timer.unref();
  return {
    doing: (name, what) => {
      going.set(name, { what: plain(what).replaceAll("\n", " "), since: going.get(name)?.since ?? Date.now() });
      draw();
    },
    done: (name) => {
      if (going.delete(name)) draw();
    },
    tell: (line) => {
      erase();
      stream.write(`${wrap(line, columnsOf(stream), "    ")}\n`);
      draw();
    },
    stop: () => {
      clearInterval(timer);
      erase();
    },
  };
}

function dimmed(text: string, stream: NodeJS.WriteStream): string {
  return wantsColour(stream) ? styleText("dim", text) : text;
}
