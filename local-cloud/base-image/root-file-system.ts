import { chmodSync, copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataPath } from "../package/files";
import { listFiles } from "../toolchain/cache";
import { requireProgram, runInside, runIsolated, runPip, type Work } from "./inside";
import { findMirror } from "./mirror";
import { stripSymbols } from "./symbols";

/** The Debian release that the base image is. Its Python, 3.11, runs the installer and is the channel's `python`. */
const release = "bookworm";

/**
 * Debian's smallest variant, and: Python, for the installer; certificates, for channels on https; pip as a runnable
 * wheel, which leaves again.
 */
const packages = ["python3", "ca-certificates", "python3-pip-whl"];

/**
 * Makes a Debian root file system with micromamba in an empty directory.
 * @param pipWheel where to keep pip's wheel, for those who install more with the file system's Python.
 */
export async function makeRootFileSystem(root: string, pipWheel: string, work: Work): Promise<void> {
  chmodSync(root, 0o755);
  const debootstrap = requireProgram("debootstrap");
  const mirror = await findMirror(work);
  const include = `--include=${packages.join(",")}`;
  await runIsolated([debootstrap, "--variant=minbase", include, release, root, mirror], work);
  keepPip(root, pipWheel);
  await installMicromamba(root, pipWheel, work);
  await runInside(root, ["sh", "-ec", tidy], work);
}

/**
 * Packs a root file system as an image layer. The same packages make the same bytes: names are in order, and what was
 * written here has the date of the newest package. (An older one would change sources of Python's library, whose
 * compiled files would then be out of date.)
 */
export async function packRootFileSystem(root: string, file: string, work: Work): Promise<void> {
  work.detail("packing");
  const script = `
    newest=$(find "$0/usr/share/doc" -type f -name copyright -printf '%Ts\\n' | sort -n | tail -n 1)
    tar --create --sort=name --numeric-owner --clamp-mtime --mtime="@$newest" --directory "$0" . | gzip -1n > "$1"`;
  await runIsolated(["bash", "-eo", "pipefail", "-c", script, root, file], work);
}

function keepPip(root: string, pipWheel: string): void {
  const wheels = join(root, "usr/share/python-wheels");
  const wheel = readdirSync(wheels).find((name) => name.startsWith("pip-"));
  if (wheel === undefined) throw new Error(`python3-pip-whl put no pip into ${wheels}`);
  copyFileSync(join(wheels, wheel), pipWheel);
}

async function installMicromamba(root: string, pipWheel: string, work: Work): Promise<void> {
  const requirements = join(root, "tmp/requirements.txt");
  copyFileSync(dataPath("base-image/requirements.txt"), requirements);
  work.detail("installing rattler");
  await runPip(
    root,
    pipWheel,
    [
      "install",
      `--target=${library}`,
      "--only-binary=:all:",
      "--no-deps",
      "--no-compile",
      "--requirement=/tmp/requirements.txt",
    ],
    work,
  );
  // A third of what it takes.
  for (const file of listFiles(join(root, library), (path) => path.endsWith(".so")))
    stripSymbols(join(root, library, file));
  copyFileSync(dataPath("base-image/micromamba.py"), join(root, "usr/bin/micromamba"));
  chmodSync(join(root, "usr/bin/micromamba"), 0o755);
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(root, "usr/local/bin", name), script, { mode: 0o755 });
}

/** Where the installer's libraries are in the image: micromamba.py looks there. */
const library = "/opt/conda/lib/micromamba";

/** The published image's scripts that its configuration and its users' .bashrc name; these here activate nothing. */
const scripts = {
  "_entrypoint.sh": '#!/bin/bash\nexec "$@"\n',
  "_activate_current_env.sh": "# Only to be sourced.\n",
  "_dockerfile_shell.sh": '#!/bin/bash\nexec /bin/bash -o pipefail -c "$@"\n',
};

/**
 * The plain user and the shared prefix of the published image, and none of what an image does without: caches, logs,
 * documentation (licences stay), translations, traces of the machine and the day that made it.
 */
const tidy = `
  dpkg --purge python3-pip-whl
  for file in /root/.bashrc /etc/skel/.bashrc; do
    echo 'source /usr/local/bin/_activate_current_env.sh' >> "$file"
  done
  useradd --create-home --uid 57439 --shell /bin/bash mambauser
  mkdir -p /opt/conda/conda-meta
  chmod a+rwx /opt/conda /opt/conda/conda-meta
  find /usr/share/doc ! -type d ! -name copyright -delete
  find /usr/share/doc -type d -empty -delete
  find /usr/share/man /usr/share/info /usr/share/locale -mindepth 1 -delete
  find /var/log /var/cache /var/lib/apt/lists /tmp -mindepth 1 ! -type d -delete
  rm -f /etc/resolv.conf /etc/hostname /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-
  rm -f /var/lib/dpkg/*-old
  sed -i 's/^\\([^:]*:[^:]*\\):[0-9]*:/\\1::/' /etc/shadow
  : > /etc/machine-id`;
