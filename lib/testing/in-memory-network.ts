import { type Observable, Subject } from 'rxjs';

/** One connection, as the network sees it. */
export interface NetworkConnection {
  /** It is over, and what runs on it fails. */
  reset(): void;
  mute(): void;
  unmute(): void;
}

/** How a server without sockets can be reached: at once, not at all, or by connections on which nothing is answered. */
export class InMemoryNetwork {
  readonly #connections = new Set<NetworkConnection>();
  readonly #restored = new Subject<void>();
  readonly #doubted = new Subject<void>();
  #state: 'up' | 'refusing' | 'halfOpen' = 'up';

  get state(): 'up' | 'refusing' | 'halfOpen' {
    return this.#state;
  }

  /** Emits whenever the server can be reached again. */
  get restored$(): Observable<void> {
    return this.#restored.asObservable();
  }

  /** Emits whenever somebody wants to know whether the server can be reached. */
  get doubted$(): Observable<void> {
    return this.#doubted.asObservable();
  }

  get open(): number {
    return this.#connections.size;
  }

  connected(connection: NetworkConnection): void {
    this.#connections.add(connection);
  }

  disconnected(connection: NetworkConnection): void {
    this.#connections.delete(connection);
  }

  doubt(): void {
    this.#doubted.next();
  }

  refuse(): void {
    this.#state = 'refusing';
    this.cut();
  }

  mute(): void {
    this.#state = 'halfOpen';
    for (const connection of this.#connections) connection.mute();
  }

  restore(): void {
    if (this.#state === 'up') return;
    this.#state = 'up';
    for (const connection of [...this.#connections]) connection.unmute();
    this.#restored.next();
  }

  cut(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }
}
