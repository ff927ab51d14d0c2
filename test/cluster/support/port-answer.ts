import { once } from "node:events";
import { PassThrough } from "node:stream";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";

/** What a port of a pod in the namespace `default` says first, be it an error, when it is forwarded through the API. */
export async function answerOfPort(config: KubeConfig, pod: string, port: number): Promise<string> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const said = Promise.race([once(output, "data"), once(errors, "data")]);
  const socket = await new PortForward(config).portForward("default", pod, [port], output, errors, new PassThrough());
  const text = String(await said);
  if (typeof socket !== "function") socket.close();
  return text;
}
