let count = 0;

/** A number for a connection to a server, unique in this process. */
export function newConnectionId(): number {
  count += 1;
  return count;
}
