import type { CommandName } from './arguments.ts';

const GENERAL = `Live, health-checked connections to every workload cluster of a Cluster API management cluster.

Usage:
  clustercache watch [options]    the connection of every cluster, live
  clustercache why NAME           one cluster's diagnosis, stage by stage
  clustercache demo [options]     the same on an embedded fleet that suffers outages
  clustercache --version

Each command explains itself: clustercache watch --help`;

const MANAGEMENT = `  --kubeconfig FILE   of the management cluster; else $KUBECONFIG, ~/.kube/config, or the Pod's own
  --context NAME      of that kubeconfig; else its current one`;

const OUTPUT = `  -o, --output WHAT   table (default), wide: with namespaces and errors, or json: one state change a line`;

const STATUS = `Exit status: 0; 1 with one line that says why; 2 for arguments that cannot be understood; 130 after Ctrl-C.`;

const USAGE: Readonly<Record<CommandName, string>> = {
  watch: `Shows the connection of every workload cluster, live: its phase and why, since when, its last probe, and when it is tried again.
On a terminal a table; elsewhere one line for each change.

Usage: clustercache watch [options]

${MANAGEMENT}
  -n, --namespace NS  only the Clusters of this namespace; else all
${OUTPUT}
  --once              print every cluster once, when none is connecting any more or after 15 s, and end

${STATUS}`,
  why: `Connects to one workload cluster and says how far that went, stage by stage, and what to look at.

Usage: clustercache why NAME [options]       NAME is a Cluster's name, or NAMESPACE/NAME

${MANAGEMENT}
  -n, --namespace NS  of the Cluster; else any
  -o, --output WHAT   text (default) or json

${STATUS}`,
  demo: `Runs the whole on this machine: a management cluster and workload clusters, embedded, real sockets and certificates. Some of them
break, heal, and rotate their credentials; it ends by itself and says what was seen.

Usage: clustercache demo [options]

  --clusters N        workload clusters, 1 to 1000; else 12
  --duration D        5s to 10m; else 20s
${OUTPUT}

${STATUS}`,
};

/** The help of a command, or of the program. */
export function usageOf(command: CommandName | undefined): string {
  return command === undefined ? GENERAL : USAGE[command];
}
