import { isIP } from "node:net";

const longest = 500;
const invisible = /[\s\p{Cc}\p{Cf}]/u;
const httpsAddress = /^https:\/\/[A-Za-z0-9][-A-Za-z0-9.]*(:\d{1,5})?\/[^?#@]+$/;
const loopbackAddress = /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?\/[^?#@]+$/;
const sshAddress = /^ssh:\/\/([A-Za-z0-9_][-A-Za-z0-9_.]*@)?[A-Za-z0-9][-A-Za-z0-9.]*(:\d{1,5})?\/[^?#]+$/;
const scpAddress = /^[A-Za-z0-9_][-A-Za-z0-9_.]*@[A-Za-z0-9][-A-Za-z0-9.]*:(?!-)[^:]+$/;
const fileAddress = /^((file:\/\/)?\/[^:]+|\.{1,2}(\/[^:]*)?)$/;
const hostAndPort = /^([A-Za-z0-9][-A-Za-z0-9.]*|\[[0-9A-Fa-f:]+\]):\d{1,5}$/;
const imageReference =
  /^([A-Za-z0-9][-A-Za-z0-9.]*(:\d{1,5})?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/**
 * Whether git may be given this address: https, ssh, `user@host:path`, a folder of this machine
 * (`/…`, `file:///…`, or `./…` and `../…` from the project), or http to a server on this machine (`localhost`).
 * Never an option (`-…`), a remote helper (`ext::…`), a plain-text protocol, or an https address with credentials in it.
 */
export function isGitAddress(address: string): boolean {
  if (address.length > longest || invisible.test(address)) return false;
  return [httpsAddress, loopbackAddress, sshAddress, scpAddress, fileAddress].some((form) => form.test(address));
}

/** Whether a git address is a folder of this machine. */
export function isFolderAddress(address: string): boolean {
  return fileAddress.test(address);
}

/** Whether git would take this as a branch, a tag or a commit (its own rules for names of refs), and never as an option. */
export function isGitRef(ref: string): boolean {
  if (ref === "" || ref === "@" || ref.length > 200 || /^-|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\.$/u.test(ref)) return false;
  return ref.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/**
 * Whether this is the path of a folder or file below a repository's or the project's root: relative, with `/`, without
 * `..`, without a glob, and with nothing that git or a program could take for an option or a pathspec.
 */
export function isPathBelow(path: string): boolean {
  if (path === "" || path.length > longest || /^[-/:~]|[\p{Cc}\\*?[\]]/u.test(path)) return false;
  return path
    .split("/")
    .every((part, index) => part !== ".." && part.toLowerCase() !== ".git" && !(part === "" && index === 0));
}

/** The shortest form of a path for which {@link isPathBelow} holds: `./src//model/` is `src/model`, `./` is `.`. */
export function shortPath(path: string): string {
  return (
    path
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/") || "."
  );
}

/** Whether this can be a folder on this machine, absolute or relative to the project: no option, no `~`, nothing unprintable. */
export function isFolder(path: string): boolean {
  return path !== "" && path.length <= longest && !/^[-~]|\p{Cc}/u.test(path);
}

/** Whether a container can mount a volume there: absolute, not the root itself, without `..`. */
export function isMountPath(path: string): boolean {
  return path.length <= longest && /^(\/[A-Za-z0-9_][-A-Za-z0-9_.]*)+$/.test(path);
}

/** Whether this is a container image, such as `ghcr.io/acme/ranker:1.4` or `ranker@sha256:…`. */
export function isImage(image: string): boolean {
  return image.length <= longest && imageReference.test(image);
}

/** Whether this is `host:port`. */
export function isHostAndPort(address: string): boolean {
  return address.length <= longest && hostAndPort.test(address) && Number(address.split(":").at(-1)) <= 65_535;
}

/** Whether this is a range of IP addresses in CIDR notation, such as `10.0.0.0/8` or `2001:db8::/32`. */
export function isCidr(range: string): boolean {
  const match = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(range);
  const version = isIP(match?.[1] ?? "");
  return version !== 0 && Number(match?.[2]) <= (version === 4 ? 32 : 128);
}
