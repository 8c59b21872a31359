/** A Debian release that a lab host can run. */
export type Release = 'bookworm' | 'trixie';

/** The releases that a lab host can run. */
export const releases: readonly Release[] = ['bookworm', 'trixie'];

/** How to run a command on a host out of band. */
export interface RunOptions {
  /** Text for the command's standard input. Default: empty. */
  input?: string;
  /** Whether a non-zero exit rejects. @default true */
  reject?: boolean;
  /** The command and its children are killed after this time (exit code 124 or 137). @default 120 */
  timeoutSeconds?: number;
}

/** What a command on a host gave. */
export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A running system with its own systemd, file system and network stack. */
export interface LabHost {
  /** Its name in the lab and its hostname. */
  name: string;
  release: Release;
  /** IPv4 address that the outer machine and the other hosts of the lab reach. */
  address: string;
  /** IPv6 address (ULA), likewise. */
  address6: string;
  user: 'root';
  port: 22;
  /** OpenSSH private key, authorised for `root`, `operator` (sudo without password) and `secretive`. */
  privateKey: string;
  /** The same key as a file of mode 0600. */
  identityFile: string;
  /** Password of `secretive`, for SSH and for sudo. `root` and `operator` have none. */
  password: string;
  /** `ssh-ed25519 AAAA…`, the host's public key. */
  hostKey: string;
  /** A known_hosts file which knows all hosts of the lab. */
  knownHostsFile: string;
  /** Runs a command as root in the namespaces of the host's systemd, never over SSH. */
  run(argv: string[], options?: RunOptions): Promise<RunResult>;
  /** `sh -c script`, likewise. The script is a test's own constant. */
  sh(script: string, options?: RunOptions): Promise<RunResult>;
  /** An orderly reboot. Resolves when the host is up again. */
  reboot(): Promise<void>;
  /** Everything dies at once and what was not synced is lost; then the host boots. Resolves when it is up again. */
  powerCut(): Promise<void>;
  /** An orderly power-off; what has not stopped after 20 seconds is killed. */
  stop(): Promise<void>;
  /** Boots a stopped host. Resolves when it is up. */
  start(): Promise<void>;
  /** No packet goes in or out from now on, and no carrier is lost. Outlives a reboot. */
  cut(): Promise<void>;
  /** Ends `cut`. */
  restore(): Promise<void>;
  /** Leaves no free byte on the file system that holds the path. @default '/var/lib/machines' */
  fill(path?: string): Promise<void>;
  /** Ends `fill`. */
  unfill(path?: string): Promise<void>;
}

/** Hosts which reach each other. */
export interface Lab {
  id: string;
  hosts: LabHost[];
  /** The host of that name; throws when the lab has none. */
  host(name: string): LabHost;
  /** Leaves nothing of the lab behind. A lab that `startLab` found running is left as it was found. */
  destroy(): Promise<void>;
}

/** What a lab is to hold. */
export interface LabOptions {
  /** 1 to 30 lower-case letters, digits and dashes. Default: the environment's PULUMI_NSPAWN_LAB, else one of this process alone. */
  id?: string;
  hosts: { name: string; release: Release }[];
  /** Whether the lab outlives the process that starts it. @default false */
  keep?: boolean;
  /** Receives one line for each step. */
  log?: (line: string) => void;
}
