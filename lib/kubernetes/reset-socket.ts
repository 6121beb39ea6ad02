import type { Socket } from 'node:net';

/**
 * Resets a connection (RST), or closes it where the runtime is shutting it, or the TLS on it, down: that it cannot reset (EINVAL), and then it never closes
 * it either. Idempotent.
 */
export function resetSocket(socket: Socket, secured?: Socket): void {
  if (socket.destroyed) return;
  if (isEnding(socket) || isEnding(secured)) socket.destroy();
  else socket.resetAndDestroy();
}

/** Whether a socket has been told to end, and may not have done so. */
function isEnding(socket: Socket | undefined): boolean {
  return socket?.writableEnded === true;
}
