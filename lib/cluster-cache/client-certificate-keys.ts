import type { KeyObject } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { generateClientCertificateKey } from '../kubernetes/certificate.ts';

/** The private keys of clusters, each made once, when it is first asked for. */
export class ClientCertificateKeys {
  readonly #keys = new Map<string, Promise<KeyObject>>();

  of(id: string): Promise<KeyObject> {
    const made = this.#keys.get(id) ?? firstValueFrom(generateClientCertificateKey());
    this.#keys.set(id, made);
    made.catch(() => { if (this.#keys.get(id) === made) this.#keys.delete(id); }); // the next to ask has it made again
    return made;
  }

  delete(id: string): void {
    this.#keys.delete(id);
  }

  clear(): void {
    this.#keys.clear();
  }
}
