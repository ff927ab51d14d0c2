import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "@temporalio/client";
import { Supervisord } from "../supervisord.ts";
import { watchOver } from "./watch-over.ts";

/** Milliseconds between two looks: how long a call of a sleeping algorithm waits at most before its worker starts. */
const interval = 1000;

const [home = "", socket = "", runDirectory = "", address = ""] = process.argv.slice(2);
const supervisor = process.ppid;
const look = watchOver({
  home,
  runDirectory,
  supervisord: new Supervisord(socket),
  connection: Connection.lazy({ address }),
  tell: (event, algorithm) => console.log(JSON.stringify({ time: new Date().toISOString(), event, algorithm })),
});

console.log(JSON.stringify({ time: new Date().toISOString(), event: "watching" }));
let problem = "";
// A supervisor that is gone starts nothing any more.
while (process.ppid === supervisor) {
  const found = await look().then(() => "", String);
  // Told once for as long as it lasts.
  if (found !== "" && found !== problem) console.error(found);
  problem = found;
  await sleep(interval);
}
