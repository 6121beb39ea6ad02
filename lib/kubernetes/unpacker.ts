import { type Gunzip, createGunzip } from 'node:zlib';

/** Bytes that gzip unpacks in one step. */
const UNPACK_CHUNK = 64 * 1024;

/** Packed bytes that wait before no more are read: some steps' worth, so that neither side waits for the other, and ten times that unpacked. */
const MAX_PACKED = 256 * 1024;

export interface UnpackerOptions {
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
  readonly onDamaged: () => void;
  /** As many packed bytes wait as may: the source should pause. */
  readonly onFull: () => void;
  /** The source may go on. */
  readonly onDrained: () => void;
}

/** Unpacks gzip as it comes, in another thread. */
export class Unpacker {
  readonly #gunzip: Gunzip;
  readonly #options: UnpackerOptions;
  #full = false;

  constructor(options: UnpackerOptions) {
    this.#options = options;
    this.#gunzip = createGunzip({ chunkSize: UNPACK_CHUNK })
      .on('data', options.onData).on('end', options.onEnd).on('error', options.onDamaged)
      .on('drain', () => {
        if (!this.#full) return;
        this.#full = false;
        options.onDrained();
      });
  }

  /** Whether as many packed bytes wait as may. */
  get full(): boolean {
    return this.#full;
  }

  write(chunk: Buffer): void {
    const ready = this.#gunzip.write(chunk);
    if (ready || this.#full || this.#gunzip.writableLength < MAX_PACKED) return;
    this.#full = true;
    this.#options.onFull();
  }

  /** No more bytes come. */
  end(): void {
    this.#gunzip.end();
  }

  /** Gives nothing out until `resume`. */
  pause(): void {
    this.#gunzip.pause();
  }

  resume(): void {
    this.#gunzip.resume();
  }

  destroy(): void {
    this.#gunzip.destroy();
  }
}
