import type { CondaFile } from "../conda-file";
import type { Finding } from "../finding";

/** A channel that a file's packages may come from. */
export interface Channel {
  /** As the file names it. */
  name: string;
  /** Without a slash at its end. */
  url: string;
  /** Where the file names it first. */
  line: number;
}

/** What conda's `defaults` stands for: https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html */
const defaults = ["https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"];

/**
 * The channels of a file, in the order of their priority; one that only a `channel::package` names comes last.
 *
 * @param condaChannel name or URL of the channel that takes conda-forge's place
 * @returns also what is wrong with them: then nothing can be solved
 */
export function channelsOf(file: CondaFile, condaChannel?: string): { channels: Channel[]; findings: Finding[] } {
  const channels = new Map<string, Channel>();
  const findings: Finding[] = [];
  const named = [
    ...file.channels.filter(({ name }) => name !== "nodefaults"),
    ...file.dependencies.flatMap(({ channel, line }) => (channel === undefined ? [] : [{ name: channel, line }])),
  ];
  for (const { name, line } of named) {
    for (const url of channelUrls(name, condaChannel)) {
      const refused = refusal(url);
      if (refused !== undefined) {
        findings.push({ rule: "channel", file: file.path, line, message: refused });
      } else if (!channels.has(url)) {
        channels.set(url, { name, url, line });
      }
    }
  }
  if (named.length === 0) {
    const message = "it names no channel: list where its packages come from under `channels:`, for example conda-forge";
    findings.push({ rule: "channel", file: file.path, line: 1, message });
  }
  return { channels: [...channels.values()], findings };
}

/**
 * The URLs that a channel's name stands for; a name is one of https://conda.anaconda.org.
 *
 * @param condaChannel name or URL of the channel that takes conda-forge's place
 */
export function channelUrls(name: string, condaChannel = "conda-forge"): string[] {
  const meant = (name === "conda-forge" ? condaChannel : name).replace(/\/+$/, "");
  if (meant === "defaults") return defaults;
  if (/^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(meant)) return [`https://conda.anaconda.org/${meant}`];
  // As packages' URLs have it: what is a URL in more than one notation is one channel.
  return [URL.canParse(meant) ? new URL(meant).href.replace(/\/+$/, "") : meant];
}

/**
 * Why a name or URL cannot take conda-forge's place, or undefined if it can. It is written into commands and into copies
 * of files, so it may have those characters only that mean nothing there.
 */
export function condaChannelProblem(condaChannel: string): string | undefined {
  const problem = channelUrls("conda-forge", condaChannel)
    .map(refusal)
    .find((found) => found !== undefined);
  if (problem !== undefined || /^[\w.~%+:/-]+$/.test(condaChannel)) return problem;
  return (
    `channel "${condaChannel}" has other characters than letters, digits and . _ ~ % + : / -: ` +
    "take another, or write them in percent-encoding"
  );
}

/** Whether a package's URL is in one of the channels. */
export function isFrom(packageUrl: string, channels: string[]): boolean {
  return channels.some((url) => packageUrl.startsWith(`${url}/`));
}

/** Why packages cannot be taken from a URL, without repeating a secret that it may hold. */
function refusal(text: string): string | undefined {
  if (!URL.canParse(text) || !/^https?:\/\/[^/]/i.test(text)) {
    return `channel "${text}" is neither a name nor an http(s) URL: write one of them`;
  }
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "") {
    return `the URL of the channel on ${url.host} goes on behind its path, where channels have nothing: end it at ? or #`;
  }
  if (url.username === "" && url.password === "" && !url.pathname.startsWith("/t/")) return undefined;
  return (
    `the URL of the channel on ${url.host} holds a credential, which would get into the lock file and the image: ` +
    "take a channel that needs none, for example a mirror inside the network"
  );
}
