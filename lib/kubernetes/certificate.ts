import { type KeyObject, generateKeyPair } from 'node:crypto';
import { Observable } from 'rxjs';

/** Bits: what Cluster API's own client certificates have. */
const MODULUS_LENGTH = 2048;

/** Makes an RSA private key off the main thread. Emits it once and completes; errors where node:crypto does. What is under way cannot be taken back. */
export function generateClientCertificateKey(): Observable<KeyObject> {
  return new Observable((subscriber) => {
    generateKeyPair('rsa', { modulusLength: MODULUS_LENGTH }, (error, _publicKey, privateKey) => {
      if (error !== null) return subscriber.error(error);
      subscriber.next(privateKey);
      return subscriber.complete();
    });
  });
}
