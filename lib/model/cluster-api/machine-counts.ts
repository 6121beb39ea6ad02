/** How many Machines an object has, as its controller last counted them. A count that was not made is not there. */
export interface MachineCounts {
  readonly replicas?: number;
  /** Of those, whose condition `Ready` is true. */
  readonly readyReplicas?: number;
  /** Whose condition `Available` is true: ready for `minReadySeconds`. */
  readonly availableReplicas?: number;
  /** Whose condition `UpToDate` is true. */
  readonly upToDateReplicas?: number;
  /** By the version of Kubernetes that they run. */
  readonly versions?: readonly { readonly version: string; readonly replicas?: number }[];
}
