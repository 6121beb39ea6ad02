/** One aspect of an object's state, as its controller last saw it: the same in every kind that has conditions since `metav1.Condition`. */
export interface Condition {
  /** Such as `Ready`; no two of an object are of the same type. */
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** For programs: one word. */
  readonly reason: string;
  /** For people; may be empty. */
  readonly message: string;
  /** When the status last changed, in RFC 3339. */
  readonly lastTransitionTime: string;
  /** The `metadata.generation` that it was seen of; below the object's own, it is not up to date. */
  readonly observedGeneration?: number;
}

/** A condition of v1beta1, which objects of v1beta2 carry on under `status.deprecated.v1beta1`. */
export interface DeprecatedCondition {
  readonly type: string;
  readonly status: string;
  /** How bad a status of `False` is: `Error`, `Warning` or `Info`. */
  readonly severity?: string;
  readonly reason?: string;
  readonly message?: string;
  /** In RFC 3339. */
  readonly lastTransitionTime: string;
}
