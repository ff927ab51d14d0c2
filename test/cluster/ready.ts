import https from "node:https";

const timeLimitMilliseconds = 2_000;

/** Whether an https address answers 200 within 2 s. */
export function isReady(address: string, authority: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ca: authority, timeout: timeLimitMilliseconds, agent: false };
    const request = https.get(address, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
