import type { Socket } from 'node:net';

/**
 * Resets a connection (RST), or closes it where the runtime is shutting it, or the TLS on it, down: that it cannot reset (EINVAL), and then it never closes
 * it either. `secured` is what TLS and tunnels on it have made of it; it is destroyed too. Idempotent.
 */
export function resetSocket(socket: Socket, secured: Socket = socket): void {
  if (isEnding(socket) || isEnding(secured)) {
    secured.destroy();
    socket.destroy();
  } else if (secured === socket) {
    if (!socket.destroyed) socket.resetAndDestroy();
  } else if (!socket.destroyed) {
    // TLS destroys what it runs on and, when that has closed, its own state. Were it the other way round, the state would be freed at once, also where TLS is reading with it just now: within a handshake
    // that ends the runtime with a segmentation fault.
    Object.defineProperty(socket, 'destroy', { configurable: true, value: () => {
      Reflect.deleteProperty(socket, 'destroy');
      return socket.resetAndDestroy();
    } });
    secured.destroy();
    socket.destroy(); // TLS that was destroyed before has done so
  } else {
    secured.destroy();
  }
}

/** Whether a socket has been told to end, and may not have done so. */
function isEnding(socket: Socket): boolean {
  return socket.writableEnded;
}
