import { spawn } from 'node:child_process';

/**
 * Runs a shell script when this process is gone, however it died: a waiting shell holds the other end of a pipe of ours,
 * which the kernel closes for us even after a SIGKILL. Returns what calls it off.
 */
export function whenWeDie(script: string, ...args: readonly string[]): () => void {
  // In a process group of its own, a Ctrl-C in the terminal does not reach it.
  const guard = spawn('sh', ['-c', `read -r _; ${script}`, 'sh', ...args], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => {}); // no shell, no guard: the orderly way to stop is left
  guard.unref();
  return () => guard.kill('SIGKILL');
}
