import type { EventCause } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';

/**
 * What a reflector writes to, and what it asks what it has told. Each method says what changed, in the order in which it is to be told, after it is in force.
 */
export interface ReflectorStore<T, C> {
  /** A list begins: what it will not have brought when it is finished is gone. */
  begin(): void;
  /** Objects that the list has brought so far, each counted once. */
  readonly listed: number;
  /** The object is there. Nothing where that is known. */
  apply(object: T, cause: EventCause): readonly C[];
  /** The object is gone; this is its last state. Nothing where it is not known. */
  remove(object: T, cause: EventCause): readonly C[];
  /** The object of this name is in a state that cannot be kept. */
  forget(key: ObjectKey, cause: EventCause): readonly C[];
  /** The list is complete. */
  finish(cause: EventCause): readonly C[];
}
