import type { ObjectKey } from '../model/object-key.ts';

/** One list of a part of the store, by which it is told apart what that list had. */
export interface ListMark {
  /** Objects that it has had so far, each counted once. */
  count: number;
}

/** One object that is kept, and what tells a change of it from a repetition. */
export interface StoreEntry<T> {
  readonly key: ObjectKey;
  object: T;
  uid: string;
  resourceVersion: string;
  /** The list that it was in last, or the one before the watch that told of it. */
  list: ListMark;
  /** Its values in each index, where there are indexes. */
  values: readonly (readonly string[])[] | undefined;
}
