/**
 * Says why nothing may be written any more, or nothing where it may: of a leader that has lost its Lease, for instance. It is asked whenever something is about to be written, and may
 * say no from one call to the next. It must not throw.
 */
export type Fence = () => Error | undefined;
